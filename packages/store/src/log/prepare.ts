import { randomBytes } from 'node:crypto';
import {
  canonicalize,
  checkArgument,
  type EntryDraft,
  type EntryRow,
  type EntryTemplate,
  entryHash,
  entryTemplate,
  isSealtrailError,
  readEntry,
  readGenuine,
  readOpenings,
  SALT_BYTES,
  SealtrailError,
  seal,
  ZERO_HASH,
} from '@sealtrail/format';
import type { Tip } from '../port.ts';
import { newId } from './new-id.ts';

/** A draft made ready ahead of the head lock: checked, sealed, encoded but for its place. */
export interface Prepared {
  readonly id: string;
  readonly template: EntryTemplate;
  readonly openings: string;
  /** Characters of both texts at the most, which is about their bytes. */
  readonly size: number;
}

const DRAFT_MEMBERS = new Set(['id', 'type', 'actor', 'targets', 'data', 'sealed']);

const WHO = "an actor, such as { type: 'system', id: 'crm' }";
const isText = (value: unknown) => typeof value === 'string';

// Random bytes are drawn for many salts at once; each call costs more than what it returns.
const POOL_SALTS = 256;
let pool = Buffer.alloc(0);
let used = 0;

function freshSalt(): string {
  if (used === pool.length) {
    pool = randomBytes(SALT_BYTES * POOL_SALTS);
    used = 0;
  }
  used += SALT_BYTES;
  return pool.toString('hex', used - SALT_BYTES, used);
}

/**
 * Checks and seals a draft.
 *
 * @throws SealtrailError `draft_invalid` with the reason as `cause`
 */
export function prepare(tenant: string, draft: EntryDraft): Prepared {
  // Callers in JavaScript give whatever they have; what is not understood must not be lost in silence.
  if (!isObject(draft)) throw new SealtrailError('draft_invalid', 'a draft is an object');
  if (draft.sealed != null && !isObject(draft.sealed))
    throw new SealtrailError('draft_invalid', 'the sealed values of a draft are an object');
  const { type, actor } = draft;
  checkArgument('a draft', 'a type, such as note.added', type, isText, 'draft_invalid');
  checkArgument(`the draft of type ${type}`, WHO, actor, isObject, 'draft_invalid');
  for (const member of Object.keys(draft)) {
    if (!DRAFT_MEMBERS.has(member))
      throw new SealtrailError('draft_invalid', `a draft has no member "${member}"`);
  }
  const id = draft.id ?? newId();
  try {
    const { sealed, openings } = sealAll(draft.sealed ?? {});
    const template = entryTemplate({
      tenant,
      id,
      type,
      actor: withoutAbsent(actor),
      targets: draft.targets ?? [],
      data: draft.data ?? {},
      sealed,
    });
    return { id, template, openings, size: template.size + openings.length };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SealtrailError('draft_invalid', `the draft of type ${type} is invalid: ${why}`, {}, { cause });
  }
}

function isObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** An actor without the members that are undefined: what a host does not know of somebody is absent, not another value. */
function withoutAbsent(actor: EntryDraft['actor']): EntryDraft['actor'] {
  if (!isObject(actor) || !Object.values(actor).includes(undefined)) return actor;
  return Object.fromEntries(
    Object.entries(actor).filter(([, value]) => value !== undefined),
  ) as unknown as typeof actor;
}

function sealAll(values: Readonly<Record<string, unknown>>): ReturnType<typeof seal> {
  const fields = Object.keys(values);
  try {
    const sealed = seal(fields.map((field) => ({ field, salt: freshSalt(), value: values[field] })));
    // A name such as __proto__ is lost on the way.
    if (Object.keys(sealed.sealed).length === fields.length) return sealed;
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    // Not its message: that says where in the value the fault lies, by names that may be personal.
    const field = fields.find((name) => !isSealable(name, values[name]));
    const which = field === undefined ? 'a sealed value' : `the sealed value "${field}"`;
    throw new SealtrailError(error.code, `${which} cannot be sealed (${error.code})`);
  }
  throw new SealtrailError('draft_invalid', 'a sealed field has no valid name');
}

function isSealable(field: string, value: unknown): boolean {
  try {
    seal([{ field, salt: freshSalt(), value }]);
    return true;
  } catch {
    return false;
  }
}

/** The row of a prepared draft at the place after the tip. */
export function place({ template, openings, id }: Prepared, tip: Tip, now: string): EntryRow {
  const { tenant, type } = template.content;
  const seq = tip.seq + 1;
  // A clock that went back repeats the last time (SPEC 3).
  const time = now > tip.time ? now : tip.time;
  const entry = template.at(seq, tip.hash, time);
  return { tenant, seq, id, type, time, hash: entryHash(entry), entry, openings };
}

/**
 * Whether a stored entry has the content of a draft: the same append, made again. Sealed values are compared where they
 * still exist; salts differ each time.
 */
export function sameContent(row: Pick<EntryRow, 'entry' | 'openings'>, prepared: Prepared): boolean {
  if (openContent(row.entry) !== openContent(sampleOf(prepared))) return false;
  const stored = readOpenings(row.openings);
  const given = readOpenings(prepared.openings);
  return Object.entries(stored).every(
    ([field, opening]) => canonicalize(opening.value) === canonicalize(given[field]?.value ?? null),
  );
}

/**
 * Refuses a stored row in the place of a draft with its id, unless it is the same append.
 *
 * @throws SealtrailError `id_conflict`; `log_broken` for a row that was changed
 */
export function refuseOther(row: EntryRow, prepared: Prepared): void {
  readGenuine(row);
  if (!sameContent(row, prepared)) throw conflict(row.id);
}

export function conflict(id: string): SealtrailError {
  return new SealtrailError('id_conflict', `the id ${id} is taken by an entry with other content`, { id });
}

/** The text of a prepared draft at some place: what its caller gave then, whatever became of those objects since. */
export function sampleOf({ template }: Prepared): string {
  return template.at(1, ZERO_HASH, '9999-12-31T23:59:59.999Z');
}

function openContent(text: string): string {
  const { type, actor, targets, data, sealed } = readEntry(text);
  return canonicalize([type, actor, targets, data, Object.keys(sealed).sort()]);
}
