import type { Document } from 'bson';
import type { Runner } from './engine.ts';
import { decode } from './wire.ts';

export interface DuplicateKey {
  message: string;
  keyPattern: Document | undefined;
}

const INDEXES =
  'SELECT i.index_id::text, (i.index_spec).index_name, (i.index_spec).index_key::bytea ' +
  'FROM documentdb_api_catalog.collection_indexes i JOIN documentdb_api_catalog.collections c USING (collection_id) ' +
  'WHERE c.database_name = $1::text AND c.collection_name = $2::text';

/** Names the index that a duplicate key ran into. `run` must not be in the transaction that has just failed. */
export async function duplicateKeyDetails(
  run: Runner,
  db: string,
  collection: string,
  message: string,
): Promise<DuplicateKey> {
  // The engine names an index by its name, or PostgreSQL the constraint that the engine made of it.
  const wanted =
    /Index '(.*)'/.exec(message)?.[1] ?? (/"collection_pk_\d+"/.test(message) ? '_id_' : undefined);
  const wantedId = /"documents_rum_index_(\d+)"/.exec(message)?.[1];
  const text = `E11000 duplicate key error collection: ${db}.${collection}`;
  for (const [id, nameBytes, key] of await run(INDEXES, [db, collection])) {
    const name = nameBytes!.toString();
    if (name !== wanted && id!.toString() !== wantedId) continue;
    const keyPattern = decode(key!);
    const paths = Object.keys(keyPattern).join(', ');
    return { message: `${text} index: ${name} dup key: { ${paths} }`, keyPattern };
  }
  return { message: `${text} (${message})`, keyPattern: undefined };
}
