import { z } from 'zod';
import type { Anchor } from './anchor.ts';
import type { Entry } from './entry-types.ts';
import type { Hash } from './hash.ts';
import { hash, name, position, time } from './schemas.ts';

// The columns of SPEC 8. Everything here but `entry`, `openings` and `anchor` is derived from those texts.

/** What {@link RegistryRow} has to be like. */
export const registryRowSchema = z.strictObject({ tenant: name, time, genesis: hash }).readonly();
/** That a tenant has a log since a time, and the hash of its first entry. */
export type RegistryRow = z.infer<typeof registryRowSchema>;

/** What {@link HeadRow} has to be like. */
export const headRowSchema = z
  .strictObject({
    tenant: name,
    seq: position,
    hash,
    time,
    anchor_number: position.nullable(),
    anchor_hash: hash.nullable(),
  })
  .readonly()
  .refine(
    (h) => (h.anchor_number === null) === (h.anchor_hash === null),
    'anchor number and hash go together',
  );
/** How far a log reached (SPEC 8.3). */
export type HeadRow = z.infer<typeof headRowSchema>;

/** A stored entry. */
export interface EntryRow {
  readonly tenant: string;
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly hash: Hash;
  readonly entry: string;
  readonly openings: string;
}

const ENTRY_COLUMNS = ['tenant', 'seq', 'id', 'type', 'time', 'hash', 'entry', 'openings'] as const;

/**
 * What is wrong with the shape of a stored entry row, or undefined. Written out because it runs for every row walked.
 * MongoDB's `_id` may be there, and then repeats tenant and position.
 */
export function entryRowFault(row: Readonly<Record<string, unknown>>): string | undefined {
  const { tenant, seq, _id } = row;
  const typed =
    typeof tenant === 'string' &&
    typeof seq === 'number' &&
    typeof row['id'] === 'string' &&
    typeof row['type'] === 'string' &&
    typeof row['time'] === 'string' &&
    typeof row['hash'] === 'string' &&
    typeof row['entry'] === 'string' &&
    typeof row['openings'] === 'string';
  if (typed) {
    let columns = 0;
    for (const _ in row) columns++;
    if (columns === ENTRY_COLUMNS.length) return undefined;
    if (columns === ENTRY_COLUMNS.length + 1 && _id === rowId(tenant, seq)) return undefined;
  }
  return explainRow(row);
}

function explainRow(row: Readonly<Record<string, unknown>>): string {
  for (const column of ENTRY_COLUMNS) {
    if (!Object.hasOwn(row, column)) return `the column ${column} is missing`;
    const wanted = column === 'seq' ? 'number' : 'string';
    if (typeof row[column] !== wanted) return `the column ${column} is not a ${wanted}`;
  }
  const extra = Object.keys(row).find(
    (key) => key !== '_id' && !(ENTRY_COLUMNS as readonly string[]).includes(key),
  );
  if (extra === undefined) return 'the column _id is not tenant and position';
  return `there is an unknown column ${JSON.stringify(extra.slice(0, 64))}`;
}

/** `_id` of an entry or anchor in MongoDB: tenant and position, or tenant and anchor number. */
export function rowId(tenant: string, number: number): string {
  return `${tenant}/${number}`;
}

/** The stored row of an entry. */
export function toEntryRow(entry: Entry, text: string, hashOfText: Hash, openings: string): EntryRow {
  const { tenant, seq, id, type, time } = entry;
  return { tenant, seq, id, type, time, hash: hashOfText, entry: text, openings };
}

/** Columns that must repeat what the entry says; the hash is compared apart. */
export const REPEATED_COLUMNS = ['tenant', 'seq', 'id', 'type', 'time'] as const;

/** What {@link AnchorRow} has to be like. */
export const anchorRowSchema = z
  .strictObject({
    tenant: name,
    number: position,
    from_seq: position,
    to_seq: position,
    hash,
    anchor: z.string(),
  })
  .readonly();
/** A stored anchor. */
export type AnchorRow = z.infer<typeof anchorRowSchema>;

/** The stored row of an anchor. */
export function toAnchorRow(anchor: Anchor, text: string, hashOfText: Hash): AnchorRow {
  return {
    tenant: anchor.tenant,
    number: anchor.number,
    from_seq: anchor.from,
    to_seq: anchor.to,
    hash: hashOfText,
    anchor: text,
  };
}
