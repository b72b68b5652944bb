import { isHash, isName, isPosition, isReference, isTime, isWord } from '@sealtrail/format';
import { z } from 'zod';
import { ROLES, scopeSchema } from '../access/identity.ts';
import { RUN_STATES } from '../data/port.ts';

// What the API takes and gives, each once: for the parser, for the description of the API and for the tests.

export const name = z.custom<string>(isName).meta({ type: 'string', pattern: '^[A-Za-z0-9._:~-]{1,128}$' });
const reference = z.custom<string>(isReference, '1 to 256 bytes without control characters');
const word = z.custom<string>(isWord, 'a word such as contact');
export const time = z
  .custom<string>(isTime, 'a UTC time such as 2026-01-31T12:00:00.000Z')
  .meta({ type: 'string', format: 'date-time' });
const hash = z.custom<string>(isHash).meta({ type: 'string', pattern: '^[0-9a-f]{64}$' });
const position = z.custom<number>(isPosition).meta({ type: 'integer', minimum: 0 });
const count = position;

/** A whole number as it stands in a path or a query. */
export function digits(min: number, max: number) {
  return z
    .string()
    .regex(/^(0|[1-9]\d{0,15})$/, 'a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `a whole number from ${min} to ${max}`)
    .meta({ type: 'integer', minimum: min, maximum: max });
}
export const seq = digits(0, Number.MAX_SAFE_INTEGER);

/** A text of a query whose rules are the views' to know. */
export const text = z.string().max(1_024);

export const tenantParams = z.strictObject({ tenant: name });
export const entryParams = z.strictObject({ tenant: name, seq });
export const recordParams = z.strictObject({ tenant: name, type: word, id: reference });
export const idParams = z.strictObject({ id: z.string().max(128) });

export const me = z.strictObject({
  name: z.string(),
  role: z.enum(ROLES),
  scope: scopeSchema,
  expires: time.nullable(),
});

const tenant = z.strictObject({ tenant: z.string(), size: count, anchored: count });
const next = z.string().nullable().meta({ description: 'the cursor of the next page' });
export const tenants = z.strictObject({ tenants: z.array(tenant), next });

export const status = z.strictObject({
  tenants: z.array(
    tenant.extend({
      first: position.meta({ description: 'the first position that is stored; those before it were pruned' }),
      oldestUnanchored: time.nullable().meta({ description: 'time of that entry' }),
    }),
  ),
  next,
  seal: z.strictObject({ number: position, time, age_ms: z.number() }).nullable(),
  checkpoint: z.strictObject({ size: count, time: z.string(), witnesses: z.array(z.string()) }).nullable(),
  sinks: z.array(z.strictObject({ name: z.string(), outstanding: count })),
  held: z.boolean().meta({
    description:
      "whether somebody has the publisher's database to himself: no checkpoint and no sink can be told then",
  }),
  now: time,
});

const runObject = z.strictObject({
  id: z.string(),
  tenant: z.string(),
  by: z.string(),
  started: time,
  finished: time.nullable(),
  state: z.enum(RUN_STATES),
  walked: count,
  position: position.nullable().meta({ description: 'the last that was walked' }),
  total: count.nullable(),
  report: z.record(z.string(), z.unknown()).nullable().meta({ description: "the verifier's TenantReport" }),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
});
export const run = z.strictObject({ run: runObject });
export const runs = z.strictObject({
  runs: z.array(runObject),
  damaged: z.array(z.string()).meta({ description: 'ids of runs of which nothing is known any more' }),
});

const storedEntry = z.strictObject({
  seq: position,
  bytes: z.string().meta({ description: 'the stored canonical text' }),
  hash: z.string(),
});
export const entryDetail = storedEntry.extend({
  openings: z.array(z.strictObject({ field: z.string(), salt: z.string(), value: z.json() })),
  fault: z
    .literal('opening_malformed')
    .optional()
    .meta({ description: 'the stored sealed values cannot be read' }),
  anchor: position.nullable(),
  around: z.array(storedEntry).max(2).meta({ description: 'the entries before and after, where there are' }),
});

const viewEntry = z.looseObject({
  seq: position,
  hash,
  time,
  id: z.string(),
  type: z.string(),
  actor: z.looseObject({ type: z.string(), id: z.string() }),
  targets: z.array(z.strictObject({ type: z.string(), id: z.string() })),
  data: z.record(z.string(), z.json()),
  sealed: z.record(z.string(), hash),
  values: z.record(z.string(), z.json()),
  missing: z.array(z.string()),
});
export const entriesPage = z.strictObject({
  entries: z.array(viewEntry),
  next: z.string().optional(),
  scanned: count,
});
export const incidentPage = entriesPage.extend({ proposals: z.record(z.string(), z.looseObject({})) });
export const proposalView = z.looseObject({
  proposal: z.string(),
  status: z.string(),
  entries: z.array(viewEntry),
});
export const coaching = z.looseObject({ total: z.looseObject({}), by_agent: z.looseObject({}) });

const anchor = z.strictObject({
  number: position,
  from: position,
  to: position,
  entriesRoot: hash,
  hash,
  time,
});
export const anchors = z.strictObject({ anchors: z.array(anchor), next: position.nullable() });
export const seals = z.strictObject({
  seals: z.array(z.strictObject({ number: position, time, root: hash, tenants: count, hash })),
});

const token = z.strictObject({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  scope: scopeSchema,
  created: time,
  created_by: z.string(),
  expires: time,
  revoked: time.nullable(),
});
export const tokenList = z.strictObject({
  tokens: z.array(token),
  damaged: z.array(z.string()).meta({
    description: 'ids of tokens of which nothing is known any more: they let nobody in',
  }),
});
export const createdToken = token.extend({
  token: z.string().meta({ description: 'shown once' }),
  link: z.string().optional().meta({ description: "an auditor's link" }),
});

export const proof = z.looseObject({ format: z.string() });
export const error = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), run: z.string().optional() }),
});
