import { asBoolean, asString } from './bson-fields.ts';
import type { Runner } from './engine.ts';
import { collectionOf, decode, encode, type Request } from './wire.ts';

/** Collections, indexes and their statistics. */
export type CatalogCommand = (run: Runner, request: Request) => Promise<Buffer>;

async function bytes(run: Runner, sql: string, parameters: (string | Buffer)[]): Promise<Buffer> {
  const [row] = await run(sql, parameters);
  return row?.[0] ?? encode({ ok: 1 });
}

const create: CatalogCommand = async (run, request) => {
  const sql =
    'SELECT documentdb_api.create_collection_view($1::text, $2::bytea::documentdb_core.bson)::bytea';
  return bytes(run, sql, [request.db, request.body]);
};

const createIndexes: CatalogCommand = async (run, request) => {
  const sql =
    'SELECT documentdb_api_internal.create_indexes_non_concurrently' +
    '($1::text, $2::bytea::documentdb_core.bson, true)::bytea';
  const answer = decode(await bytes(run, sql, [request.db, request.body]));
  // The engine answers for each shard; MongoDB's clients look for the counts at the top.
  const { ok: _, ...counts } = (Object.values(answer['raw'] ?? {})[0] ?? {}) as Record<string, unknown>;
  return encode({ ...counts, ok: 1 });
};

const dropIndexes: CatalogCommand = async (run, request) => {
  const sql = 'CALL documentdb_api.drop_indexes($1::text, $2::bytea::documentdb_core.bson, NULL)';
  await run(sql, [request.db, request.body]);
  return encode({ ok: 1 });
};

const drop: CatalogCommand = async (run, request) => {
  const collection = collectionOf(request);
  await run('SELECT documentdb_api.drop_collection($1::text, $2::text)', [request.db, collection]);
  return encode({ ns: `${request.db}.${collection}`, ok: 1 });
};

const dropDatabase: CatalogCommand = async (run, request) => {
  await run('SELECT documentdb_api.drop_database($1::text)', [request.db]);
  return encode({ dropped: request.db, ok: 1 });
};

const collStats: CatalogCommand = (run, request) => {
  const sql = 'SELECT documentdb_api.coll_stats($1::text, $2::text)::bytea';
  return bytes(run, sql, [request.db, collectionOf(request)]);
};

const dbStats: CatalogCommand = (run, request) =>
  bytes(run, 'SELECT documentdb_api.db_stats($1::text)::bytea', [request.db]);

const listDatabases: CatalogCommand = (run) =>
  bytes(run, 'SELECT documentdb_api.list_databases($1::bytea::documentdb_core.bson)::bytea', [
    encode({ listDatabases: 1 }),
  ]);

const renameCollection: CatalogCommand = async (run, request) => {
  const [db = '', ...from] = collectionOf(request).split('.');
  const to = (asString(request.fields.get('to')) ?? '').split('.').slice(1).join('.');
  await run('SELECT documentdb_api.rename_collection($1::text, $2::text, $3::text, $4::text::boolean)', [
    db,
    from.join('.'),
    to,
    String(asBoolean(request.fields.get('dropTarget')) ?? false),
  ]);
  return encode({ ok: 1 });
};

const collMod: CatalogCommand = (run, request) =>
  bytes(run, 'SELECT documentdb_api.coll_mod($1::text, $2::text, $3::bytea::documentdb_core.bson)::bytea', [
    request.db,
    collectionOf(request),
    request.body,
  ]);

const count: CatalogCommand = (run, request) =>
  bytes(
    run,
    'SELECT document::bytea FROM documentdb_api.count_query($1::text, $2::bytea::documentdb_core.bson)',
    [request.db, request.body],
  );

const distinct: CatalogCommand = (run, request) =>
  bytes(
    run,
    'SELECT document::bytea FROM documentdb_api.distinct_query($1::text, $2::bytea::documentdb_core.bson)',
    [request.db, request.body],
  );

export const CATALOG = new Map<string, CatalogCommand>(
  Object.entries({
    create,
    createIndexes,
    dropIndexes,
    drop,
    dropDatabase,
    collStats,
    dbStats,
    listDatabases,
    renameCollection,
    collMod,
    count,
    distinct,
  }),
);

/** Those that MongoDB allows in a transaction. */
export const IN_TRANSACTION = new Set(['create', 'createIndexes', 'count', 'distinct']);
