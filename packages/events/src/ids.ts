import { isName, isRetentionId } from '@sealtrail/format';
import { z } from 'zod';

/** Room for the suffix that makes an entry's id out of a proposal's. */
const MAX_ID = 100;
const MAX_SHORT_ID = 16;
const CHARACTERS = 'characters of A-Z a-z 0-9 . _ : ~ -';

// The names of grants are made up from their scope. The newest of them is found by its name, so that nothing else may have one.
const GRANTS = 'grant:';
const GRANT = /^grant:[0-9a-f]{32}:/;

/** What the names of the grants of one scope begin with. @param scope 32 hex digits that stand for it */
export const grantsOf = (scope: string) => `${GRANTS}${scope}:`;

/** Whether a value can be the id of a proposal, batch, execution or change. */
export function isId(value: unknown): value is string {
  return isName(value) && value.length <= MAX_ID;
}

/** The host's id of a proposal, batch, execution or change; entry ids are made from it. */
export const id = z.custom<string>(
  (value) => isId(value) && !GRANT.test(value),
  `1 to ${MAX_ID} ${CHARACTERS}, and no name of a grant`,
);

/** The name of a grant. */
export const grantName = z.custom<string>(isId, `1 to ${MAX_ID} ${CHARACTERS}`);

/** The last part of an id of which a proposal can have many. */
export const shortId = z.custom<string>(
  (value) => isName(value) && value.length <= MAX_SHORT_ID,
  `1 to ${MAX_SHORT_ID} ${CHARACTERS}`,
);

const ONCE = new Set<string>();
const MANY = new Set<string>();

/** Ids of what can happen once to something that has a name. */
function once(what: string): (name: string) => string {
  ONCE.add(what);
  return (name) => `${name}:${what}`;
}

/** Ids of what can happen to a proposal many times. */
function many(what: string): (proposal: string, one: string) => string {
  MANY.add(what);
  return (proposal, one) => `${proposal}:${what}:${one}`;
}

// An id is in a log once. What can happen to a proposal once therefore has one id, whoever writes it: of two that try at the
// same moment, the chain takes the first.
/** Id of the entry that makes a proposal. */
export const createdId = once('created');
/** Id of the entry that ends the waiting, shared by every decision, expiry and supersession: there is one end. */
export const decisionId = once('decision');
/** Id of the entry that says that an execution begins. */
export const startedId = once('started');
/** Id of the entry that says how an execution ended. */
export const executionId = once('execution');

/** Id of the entry that says what somebody was shown. */
export const presentedId = many('presented');
/** Id of the entry about a click that came too late. */
export const staleId = many('stale');
/** Id of the entry about an attempt to execute that was refused. */
export const refusedId = many('refused');
/** Id of the entry of a bulk decision. */
export const batchId = once('batch');
/** Id of the entry about a write of the CRM. */
export const changeId = once('change');
/** Id of the entry that makes a grant. */
export const grantCreatedId = once('granted');
/** Id of the entry that takes a grant back. */
export const grantRevokedId = once('revoked');

const OWN = [
  GRANT,
  new RegExp(`:(${[...ONCE].join('|')})$`),
  new RegExp(`:(${[...MANY].join('|')}):.{1,${MAX_SHORT_ID}}$`),
];

/**
 * Whether an id is one that an entry of Sealtrail's own can need: whoever took it before could keep a decision, an execution or a
 * revocation out of the log, or a hold.
 */
export function isReservedId(id: string): boolean {
  return isRetentionId(id) || OWN.some((form) => form.test(id));
}
