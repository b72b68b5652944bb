import type { AnchorRow, EntryRow, HeadRow, RegistryRow } from '@sealtrail/format';
import { entryRowFault, rowId, SealtrailError } from '@sealtrail/format';
import { refuseOddCollections } from '@sealtrail/verifier/mongodb';
import type { Collection, Db, FindCursor } from 'mongodb';
import type { DirectoryChange } from '../port.ts';
import type { Answers } from './answered.ts';
import { collectionNames, createCollections } from './create-collections.ts';
import { isIndexRefused } from './errors.ts';

// Stored documents, SPEC 8.2.

export type EntryDocument = EntryRow & { readonly _id: string };
type AnchorDocument = AnchorRow & { readonly _id: string };
type RegistryDocument = Omit<RegistryRow, 'tenant'> & { readonly _id: string };

/** The head with its lock. A lock is free when nobody holds it or its time is over by the server's clock. */
export interface HeadDocument extends Omit<HeadRow, 'tenant'> {
  readonly _id: string;
  /** The process that holds the lock. */
  readonly holder: string | null;
  readonly until: Date | null;
  /** Grows with every holder, so that one whose time is over cannot write the head any more. */
  readonly fence: number;
  /** When somebody else asked for the lock; the holder then gives it back soon. */
  readonly wanted: Date | null;
  /** The last position under an anchor, -1 before the first: a hint for the anchoring job. */
  readonly anchored_to: number;
}

export interface Collections {
  readonly tenants: Collection<RegistryDocument>;
  readonly heads: Collection<HeadDocument>;
  readonly entries: Collection<EntryDocument>;
  readonly anchors: Collection<AnchorDocument>;
  readonly directoryChanges: Collection<DirectoryChange>;
  /** Bounds what a cursor is waited for, as commands are. */
  readonly answered: <T>(reading: Promise<T>) => Promise<T>;
  /** Reads a cursor to its end, batch by batch; each is bounded. */
  readonly each: <T>(cursor: FindCursor<T>) => AsyncIterable<T>;
}

export function collections(db: Db, answers: Answers): Collections {
  return {
    tenants: answers.of(db.collection('tenants')),
    heads: answers.of(db.collection('heads')),
    entries: answers.of(db.collection('entries')),
    anchors: answers.of(db.collection('anchors')),
    directoryChanges: answers.of(db.collection('directory_changes')),
    answered: (reading) => answers.within(reading),
    each: (cursor) => answers.each(cursor),
  };
}

/**
 * A mistyped database is made by whoever writes to it first, and looks like a log in which all is well.
 *
 * @throws SealtrailError `source_invalid` for a database that holds no store
 */
export async function refuseMissing(db: Db): Promise<void> {
  const there = await collectionNames(db);
  const missing = ['tenants', 'heads', 'entries'].filter((name) => !there.has(name));
  if (missing.length === 0) return;
  throw new SealtrailError(
    'source_invalid',
    `there is no store in the database ${db.databaseName}: it has no collection ${missing.join(', ')}`,
  );
}

/**
 * Makes the collections and the indexes that the append protocol stands on. Does nothing when they are there.
 *
 * @throws SealtrailError `source_invalid` for a view, or a collection that is capped or has a collation, in the place of a store's;
 *   `store_layout` for other indexes in the place of its own, or rows that these would refuse
 */
export async function prepareDatabase(db: Db): Promise<void> {
  await refuseOddCollections(db);
  await createCollections(db, ['tenants', 'heads', 'entries', 'anchors', 'directory_changes']);
  try {
    await createIndexes(db);
  } catch (cause) {
    if (!isIndexRefused(cause)) throw cause;
    const message = `the unique indexes of ${db.databaseName} are not those of a store, and cannot be made: verify it`;
    throw new SealtrailError('store_layout', message, {}, { cause });
  }
}

async function createIndexes(db: Db): Promise<void> {
  // The fence that holds even if a lease runs out under a paused writer.
  await db.collection('entries').createIndexes([
    { key: { tenant: 1, seq: 1 }, name: 'tenant_seq', unique: true },
    { key: { tenant: 1, id: 1 }, name: 'tenant_id', unique: true },
  ]);
  await db
    .collection('anchors')
    .createIndexes([{ key: { tenant: 1, number: 1 }, name: 'tenant_number', unique: true }]);
  await db
    .collection('directory_changes')
    .createIndexes([
      { key: { seal: 1, directory: 1, tenant: 1 }, name: 'seal_directory_tenant', unique: true },
    ]);
}

export function entryDocument(row: EntryRow): EntryDocument {
  return { _id: rowId(row.tenant, row.seq), ...row };
}

/**
 * The row of a document. Nothing but the driver's client stands between its fields and whoever writes to the database.
 *
 * @throws SealtrailError `log_broken` for one that no store wrote
 */
export function entryRow(document: EntryDocument): EntryRow {
  const fault = entryRowFault({ ...document });
  if (fault !== undefined) throw notWritten(document, fault);
  return withoutId(document) as EntryRow;
}

/**
 * Rows by their ids. Where somebody took the index away that keeps ids unique, neither of two is the one that counts.
 *
 * @throws SealtrailError `log_broken`
 */
export function rowsById(tenant: string, rows: readonly EntryRow[]): ReadonlyMap<string, EntryRow> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  if (byId.size < rows.length)
    throw new SealtrailError('log_broken', `the log of ${tenant} has an id twice; verify it`, { tenant });
  return byId;
}

/** As {@link entryRow}, of a document that was asked for without its openings. */
export function hashedRow(document: Omit<EntryDocument, 'openings'>): Omit<EntryRow, 'openings'> {
  const fault = entryRowFault({ ...document, openings: '' });
  if (fault !== undefined) throw notWritten(document, fault);
  return withoutId(document);
}

function notWritten({ tenant }: Pick<EntryRow, 'tenant'>, fault: string): SealtrailError {
  return new SealtrailError('log_broken', `an entry of ${tenant} is none: ${fault}; verify the log`, {
    tenant,
  });
}

export function withoutId<T extends { readonly _id: string }>(document: T): Omit<T, '_id'> {
  const { _id, ...row } = document;
  return row;
}
