import type { TenantReport } from '@sealtrail/verifier/stream';
import type { Coaching, EntriesPage, IncidentPage, ProposalView, RecordPage } from '@sealtrail/views';
import { z } from 'zod';

// What the service answers. Page and service are shipped together: members that the page does not know are dropped, not
// refused. Answers that are another package's types, verbatim, keep those types; checked is what the page leans on.

const text = z.string();
const time = z.iso.datetime();
const position = z.int().nonnegative();

export const ROLES = ['admin', 'manager', 'auditor'] as const;
const record = z.object({ type: text, id: text });
const scope = z.object({ tenants: z.union([z.literal('all'), z.array(text)]), record: record.optional() });
export type Scope = z.output<typeof scope>;

export const me = z.object({ name: text, role: z.enum(ROLES), scope, expires: time.nullish() });
export type Me = z.output<typeof me>;

export const tenants = z.object({
  tenants: z.array(z.object({ tenant: text, size: position, anchored: position })),
  next: text.nullable(),
});

export const status = z.object({
  tenants: z.array(
    z.object({
      tenant: text,
      /** The first position that is stored: those before it were pruned. */
      first: position,
      size: position,
      anchored: position,
      oldestUnanchored: time.nullish(),
    }),
  ),
  seal: z.object({ number: position, time, age_ms: z.number() }).nullable(),
  checkpoint: z.object({ size: position, time, witnesses: z.array(text) }).nullable(),
  sinks: z.array(z.object({ name: text, outstanding: z.int().nonnegative() })),
  held: z.boolean(),
  now: time,
});
export type Status = z.output<typeof status>;

const finding = z.object({ code: text, position: position.nullable(), message: text });
const note = z.object({ code: text, message: text });
const report = like<TenantReport>(
  z.object({
    tenant: text,
    status: z.enum(['valid', 'broken', 'unverifiable']),
    walked: position,
    position: position.nullable(),
    summary: text,
    findings: z.array(finding),
    findingCount: position,
    last: z.object({ seq: position, hash: text }).nullable(),
    notChecked: z.array(note),
  }),
);

const run = z.object({
  id: text,
  tenant: text,
  by: text,
  started: time,
  finished: time.nullable(),
  state: z.enum(['running', 'valid', 'broken', 'cancelled', 'failed']),
  walked: position,
  position: position.nullable(),
  total: position.nullable(),
  report: report.nullable(),
  error: note.nullable(),
});
export type Run = z.output<typeof run>;
export const oneRun = z.object({ run });
/** Of `damaged` ones nothing but the id is known. */
export const runs = z.object({ runs: z.array(run), damaged: z.array(text) });
export type Runs = z.output<typeof runs>;
/** What a running verification says of itself. */
export const runProgress = z.object({
  walked: position,
  total: position.nullable(),
  rate: z.number(),
  position: position.nullable(),
});

const entry = z.object({
  seq: position,
  hash: text,
  time: text,
  id: text,
  type: text,
  actor: z.object({ type: text, id: text }),
  targets: z.array(record),
  data: z.record(text, z.unknown()),
  sealed: z.record(text, text),
  values: z.record(text, z.unknown()),
  missing: z.array(text),
});
const page = z.object({ entries: z.array(entry), next: text.optional(), scanned: z.number() });
export const entriesPage = like<EntriesPage>(page);
export const recordPage = like<RecordPage>(page);
export const incidentPage = like<IncidentPage>(
  page.extend({ proposals: z.record(text, z.object({ status: text, low_confidence_bulk: z.boolean() })) }),
);
export const proposalView = like<ProposalView>(
  z.object({ proposal: text, status: text, entries: z.array(entry), changes: z.array(z.unknown()) }),
);

const counts = z.object({ proposals: z.number(), approved: z.number(), rejected: z.number() });
const groups = z.object({ groups: z.array(z.object({ value: text, counts })) });
export const coaching = like<Coaching>(
  z.object({
    total: counts,
    by_agent: groups,
    by_action: groups,
    by_person: groups,
    edited_fields: z.array(z.object({ field: text, count: z.number() })),
    confidence: z.array(z.object({ from: z.number(), to: z.number(), counts })),
  }),
);

const stored = z.object({ seq: position, bytes: text, hash: text });
export const storedEntry = stored.extend({
  openings: z.array(z.object({ field: text, salt: text, value: z.unknown() })),
  anchor: z.int().nullable(),
  fault: text.optional(),
  /** The entries right before and after, as far as they are stored and may be seen. */
  around: z.array(stored).max(2),
});
export type StoredEntry = z.output<typeof storedEntry>;

const token = z.object({
  id: text,
  name: text,
  role: z.enum(ROLES),
  scope,
  created: time.optional(),
  expires: time.nullish(),
  revoked: time.nullish(),
});
export type Token = z.output<typeof token>;
/** Of `damaged` ones nothing but the id is known. */
export const tokens = z.object({ tokens: z.array(token), damaged: z.array(text) });
/** Shown once: the service keeps only a hash of it. */
export const newToken = z.object({ id: text, token: text, expires: text, link: text.optional() });
export type NewToken = z.output<typeof newToken>;

/** A schema for what the page leans on, with the type that the answer has as a whole. */
function like<T>(shape: z.ZodType): z.ZodType<T> {
  return z.unknown().superRefine((value, context) => {
    for (const issue of shape.safeParse(value).error?.issues ?? []) {
      context.addIssue({ code: 'custom', path: [...issue.path], message: issue.message });
    }
  }) as unknown as z.ZodType<T>;
}
