import { isId } from '@sealtrail/events';
import {
  ACTOR_TYPES,
  isEntryType,
  isName,
  isPosition,
  isReference,
  isTime,
  isWord,
  SealtrailError,
} from '@sealtrail/format';
import { z } from 'zod';
import { actorFacet, CONFIDENCE_FACET, facet, recordFacet } from '../facets.ts';
import { OUTCOMES } from '../outcome.ts';

const reference = z.custom<string>(isReference, '1 to 256 bytes without control characters');
const time = z.custom<string>(isTime, 'a UTC time such as 2026-01-31T12:00:00.000Z');
const position = z.custom<number>(isPosition, 'a position such as 4711');
const word = z.custom<string>(isWord, 'a word such as contact');

export const record = z.strictObject({ type: word, id: reference });
export const proposal = z.custom<string>(isId, '1 to 100 characters of A-Z a-z 0-9 . _ : ~ -');
/** From `since` on, before `until`, by the time that the log gave to entries. */
export const period = { since: time.optional(), until: time.optional() };

const filter = z.strictObject({
  /** A record that the entry is about. */
  record: record.optional(),
  proposal: proposal.optional(),
  /** Who acted. */
  actor: z.strictObject({ type: z.enum(ACTOR_TYPES), id: reference }).optional(),
  /** An agent that acted, or that made the proposal which the entry is about. */
  agent: reference.optional(),
  /** What was proposed or done; decisions are found by the action of their proposal. */
  action: reference.optional(),
  /** The entry's type. */
  type: z.custom<string>(isEntryType, 'a type such as decision.approved').optional(),
  /** How a decision was made: `individual`, `bulk`, `edit`, `policy`, `grant`. */
  mode: reference.optional(),
  /** What the entry made of a proposal or an action. A decision that came too late is `expired`. */
  outcome: z.enum(OUTCOMES).optional(),
  /** The confidence that the entry says, both ends included. */
  confidence: z.strictObject({ min: z.number().optional(), max: z.number().optional() }).optional(),
  trace: reference.optional(),
  conversation: reference.optional(),
  batch: reference.optional(),
  /** The first and the last position that is looked at. */
  from: position.optional(),
  to: position.optional(),
  ...period,
});
/** What entries are looked for; all that is given must hold. */
export type Filter = z.output<typeof filter>;

const page = z.strictObject({
  /** Where to go on: `next` of the page before. */
  cursor: z.string().max(200).optional(),
  /** Entries on a page, 1 to 1,000; default 50. */
  limit: z.int().min(1).max(1_000).default(50),
  order: z.enum(['newest', 'oldest']).optional(),
});
/** Which page, and in which order; `order` is the view's own when it is left out. */
export type Page = z.input<typeof page>;
export type ParsedPage = z.output<typeof page>;

export const parseFilter = (input: unknown): Filter => parseQuery(filter, input);
export const parsePage = (input: unknown): ParsedPage => parseQuery(page, input);
export const parseTenant = (input: unknown): string => parseQuery(tenant, input);

const tenant = z.custom<string>(isName, "a tenant's name");

/** @throws SealtrailError `query_invalid` that names the field */
export function parseQuery<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') ?? '';
  const where = path === '' ? '' : `${path}: `;
  throw new SealtrailError('query_invalid', `the query is invalid: ${where}${issue?.message}`, { path });
}

/** The facets that an entry must have. */
export function facetsOfFilter(filter: Filter): string[] {
  const { record, actor, confidence } = filter;
  const found = record === undefined ? [] : [recordFacet(record)];
  if (actor !== undefined) found.push(actorFacet(actor));
  for (const kind of KINDS) {
    const value = filter[kind];
    if (value !== undefined) found.push(facet(kind, value));
  }
  if (confidence !== undefined) found.push(CONFIDENCE_FACET);
  return found;
}

const KINDS = [
  'proposal',
  'agent',
  'action',
  'type',
  'mode',
  'outcome',
  'trace',
  'conversation',
  'batch',
] as const;
