import type { AggregationCursor, Collection, Document, FindCursor } from 'mongodb';
import type { RawRow } from '../source.ts';
import { readDocument } from './entry-document.ts';
import { reached } from './mongodb-answer.ts';

// Half of what is read fastest, so that a walk stays under 200 MB.
export const BATCH_ROWS = 500;
/** The driver gives the bytes of each document, which say more than the object that it makes of them. */
export const RAW = { raw: true } as const;

/** The one document with an `_id`, or null. */
export async function byId(
  collection: Collection,
  id: unknown,
  projection: Document = {},
): Promise<RawRow | null> {
  const [row = null] = await all(
    collection.find({ _id: { $eq: id as never } }, { ...RAW, projection }).limit(1),
  );
  return row;
}

/** `_id` is the tenant; the rest of the row does not repeat it. A row that does is passed on as it is, to be refused. */
export function withTenant(row: RawRow): RawRow {
  const { _id, ...columns } = row;
  return 'tenant' in columns ? row : { tenant: _id, ...columns };
}

/** @param cursor one that is read {@link RAW} */
export async function* rowsOf(cursor: FindCursor): AsyncGenerator<readonly RawRow[]> {
  const { BSON } = await import('mongodb');
  for await (const batch of batches(cursor))
    yield batch.map((bytes) => readDocument(BSON, bytes as unknown as Uint8Array));
}

/** As {@link rowsOf}, all at once. */
export async function all(cursor: FindCursor): Promise<RawRow[]> {
  const rows: RawRow[] = [];
  for await (const batch of rowsOf(cursor)) rows.push(...batch);
  return rows;
}

/** What came from the server in one answer each; bytes where the cursor is read {@link RAW}. */
export async function* batches(cursor: FindCursor | AggregationCursor): AsyncGenerator<readonly RawRow[]> {
  try {
    while (await reached(cursor.hasNext())) yield cursor.readBufferedDocuments();
  } finally {
    await cursor.close();
  }
}
