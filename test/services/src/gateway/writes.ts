import { type Document, Int32 } from 'bson';
import { asDocument, readFields } from './bson-fields.ts';
import { duplicateKeyDetails } from './duplicate-key.ts';
import type { Scope } from './engine.ts';
import { Code, CommandError, codeOf, TRANSIENT, unpackSqlState } from './errors.ts';
import { PgError } from './pg/connection.ts';
import { collectionOf, decode, encode, type Request } from './wire.ts';

const BULK_SQL = (name: string): string =>
  `SELECT p_result::bytea, p_success FROM documentdb_api.${name}` +
  '($1::text, $2::bytea::documentdb_core.bson, $3::bytea::documentdb_core.bsonsequence)';

const SQL = { insert: BULK_SQL('insert'), update: BULK_SQL('update'), delete: BULK_SQL('delete') };

/** The document sequence that each may come with. */
export const SEQUENCES = { insert: 'documents', update: 'updates', delete: 'deletes' };

const FIND_AND_MODIFY =
  'SELECT p_result::bytea FROM documentdb_api.find_and_modify($1::text, $2::bytea::documentdb_core.bson)';

/**
 * Two upserts of the same new unique key at once: MongoDB lets the loser try again, and it then finds the winner's
 * document. So does the gateway, if the command holds this one operation only and may be repeated whole.
 */
const UPSERT_TRIES = 3;

export type BulkWrite = keyof typeof SQL;

export interface WriteReply {
  reply: Buffer;
  /** Some document was refused: in a transaction this is its end. */
  refused: boolean;
}

/** Runs insert, update or delete. The documents of a sequence reach the engine as the bytes that came in. */
export async function bulkWrite(
  scope: Scope,
  request: Request,
  kind: BulkWrite,
  mayRepeat: boolean,
): Promise<WriteReply> {
  const sequence = request.sequences.get(SEQUENCES[kind]) ?? null;
  for (let left = mayRepeat ? UPSERT_TRIES : 1; ; left--) {
    const [row] = await scope.run(SQL[kind], [request.db, request.body, sequence]);
    const reply = row![0]!;
    if (row![1]?.[0] === 1) return { reply, refused: false };
    const result = decode(reply);
    const errors = (result['writeErrors'] ?? []) as Document[];
    if (errors.length === 0) return { reply, refused: false };
    if (left > 1 && errors.every((item) => packedCode(item) === Code.DuplicateKey)) continue;
    for (const item of errors) await explain(scope, request, item);
    return { reply: encode(result), refused: true };
  }
}

export async function findAndModify(scope: Scope, request: Request, mayRepeat: boolean): Promise<Buffer> {
  for (let left = mayRepeat ? UPSERT_TRIES : 1; ; left--) {
    try {
      const [row] = await scope.run(FIND_AND_MODIFY, [request.db, request.body]);
      return countUnchanged(row![0]!);
    } catch (error) {
      if (!(error instanceof PgError) || codeOf(error.sqlState) !== Code.DuplicateKey) throw error;
      if (left > 1) continue;
      const { message, keyPattern } = await duplicateKeyDetails(
        scope.lookUp,
        request.db,
        collectionOf(request),
        error.message,
      );
      throw new CommandError(Code.DuplicateKey, message, [], keyPattern ? { keyPattern } : {});
    }
  }
}

/**
 * The engine says that nothing was found where a document was found but the update left it as it was. MongoDB
 * counts what was found: this corrects the two values in place.
 */
function countUnchanged(reply: Buffer): Buffer {
  const fields = readFields(reply);
  const summary = asDocument(fields.get('lastErrorObject'));
  if (summary === undefined || asDocument(fields.get('value')) === undefined) return reply;
  const { n, updatedExisting, upserted } = Object.fromEntries(readFields(summary));
  if (n === undefined || updatedExisting === undefined || upserted !== undefined) return reply;
  n.value.writeInt32LE(1);
  updatedExisting.value[0] = 1;
  return reply;
}

function packedCode(item: Document): number {
  const code = Number(item['code']);
  return code > 0xffffff ? codeOf(unpackSqlState(code)) : code;
}

/** Puts MongoDB's words and numbers into one of the engine's write errors. */
async function explain(scope: Scope, request: Request, item: Document): Promise<void> {
  const code = packedCode(item);
  if (code === Code.WriteConflict && scope.inTransaction) {
    throw new CommandError(code, `Write conflict: ${item['errmsg']}`, [TRANSIENT]);
  }
  item['code'] = new Int32(code);
  if (code !== Code.DuplicateKey) return;
  const found = await duplicateKeyDetails(
    scope.lookUp,
    request.db,
    collectionOf(request),
    String(item['errmsg']),
  );
  item['errmsg'] = found.message;
  if (found.keyPattern) item['keyPattern'] = found.keyPattern;
}
