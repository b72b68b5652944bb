import { randomBytes, randomUUID } from 'node:crypto';
import {
  canonicalize,
  type EntryRow,
  type EntryTemplate,
  entryHash,
  entryTemplate,
  readEntry,
  readOpenings,
  SALT_BYTES,
  SealtrailError,
  seal,
} from '@sealtrail/format';
import type { Tip } from '../port.ts';
import type { EntryDraft } from './draft.ts';

/** A draft made ready ahead of the head lock: checked, sealed, encoded but for its place. */
export interface Prepared {
  readonly id: string;
  readonly template: EntryTemplate;
  readonly openings: string;
  readonly bytes: number;
}

const DRAFT_MEMBERS = new Set(['id', 'type', 'actor', 'targets', 'data', 'sealed']);

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
  for (const member of Object.keys(draft)) {
    if (!DRAFT_MEMBERS.has(member))
      throw new SealtrailError('draft_invalid', `a draft has no member "${member}"`);
  }
  const id = draft.id ?? randomUUID();
  try {
    const { sealed, openings } = seal(
      Object.entries(draft.sealed ?? {}).map(([field, value]) => ({ field, salt: freshSalt(), value })),
    );
    const template = entryTemplate({
      tenant,
      id,
      type: draft.type,
      actor: draft.actor,
      targets: draft.targets ?? [],
      data: draft.data ?? {},
      sealed,
    });
    return { id, template, openings, bytes: template.bytes + openings.length };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SealtrailError(
      'draft_invalid',
      `the draft of type ${String(draft.type)} is invalid: ${why}`,
      {},
      { cause },
    );
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
export function sameContent(row: EntryRow, prepared: Prepared): boolean {
  const entry = readEntry(row.entry);
  const { content } = prepared.template;
  const open = ({ type, actor, targets, data, sealed }: typeof content): string =>
    canonicalize([type, actor, targets, data, Object.keys(sealed).sort()]);
  if (open(entry) !== open(content)) return false;
  const stored = readOpenings(row.openings);
  const given = readOpenings(prepared.openings);
  return Object.entries(stored).every(
    ([field, opening]) => canonicalize(opening.value) === canonicalize(given[field]?.value ?? null),
  );
}
