import { isName } from '@sealtrail/format';
import { z } from 'zod';

/** Room for the suffix that makes an entry's id out of a proposal's. */
const MAX_ID = 100;

export function isId(value: unknown): value is string {
  return isName(value) && value.length <= MAX_ID;
}

/** The host's id of a proposal, batch, execution or change; entry ids are made from it. */
export const id = z.custom<string>(isId, `1 to ${MAX_ID} characters of A-Z a-z 0-9 . _ : ~ -`);

/** The last part of an id of which a proposal can have many. */
export const shortId = z.custom<string>(
  (value) => isName(value) && value.length <= 16,
  '1 to 16 characters of A-Z a-z 0-9 . _ : ~ -',
);

// An id is in a log once. What can happen to a proposal once therefore has one id, whoever writes it: of two that try at the
// same moment, the chain takes the first.
export const createdId = (proposal: string) => `${proposal}:created`;
/** Shared by every decision, expiry and supersession: there is one end of waiting. */
export const decisionId = (proposal: string) => `${proposal}:decision`;
export const startedId = (proposal: string) => `${proposal}:started`;
export const executionId = (proposal: string) => `${proposal}:execution`;

export const presentedId = (proposal: string, presentation: string) =>
  `${proposal}:presented:${presentation}`;
export const staleId = (proposal: string, click: string) => `${proposal}:stale:${click}`;
export const refusedId = (proposal: string, attempt: string) => `${proposal}:refused:${attempt}`;
export const batchId = (batch: string) => `${batch}:batch`;
export const changeId = (change: string) => `${change}:change`;
export const grantCreatedId = (grant: string) => `${grant}:granted`;
export const grantRevokedId = (grant: string) => `${grant}:revoked`;
