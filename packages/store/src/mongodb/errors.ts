import { SealtrailError } from '@sealtrail/format';
import { MongoBulkWriteError, MongoError } from 'mongodb';

const DUPLICATE_KEY = 11_000;
const NAMESPACE_EXISTS = 48;

/** A write refused by a unique index, with the number of documents written before it. */
export interface DuplicateKey {
  readonly inserted: number;
}

/**
 * Recognises an ordered insert that stopped at a duplicate key. A failed write concern beside it makes the prefix
 * uncertain, so that is not recognised.
 */
export function duplicateKey(error: unknown): DuplicateKey | undefined {
  if (!(error instanceof MongoBulkWriteError)) return undefined;
  const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  const [first] = errors;
  if (first?.code !== DUPLICATE_KEY || error.result.getWriteConcernError() !== undefined) return undefined;
  return { inserted: first.index };
}

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoError && error.code === DUPLICATE_KEY;
}

export function isNamespaceExists(error: unknown): boolean {
  return error instanceof MongoError && error.code === NAMESPACE_EXISTS;
}

/** What the server refuses however often it is asked: no such user, no such right. */
const NOT_PERMITTED = new Set<unknown>([13, 18]);

export function unavailable(cause: unknown): SealtrailError {
  if (cause instanceof SealtrailError) return cause;
  if (cause instanceof MongoError && NOT_PERMITTED.has(cause.code)) {
    return new SealtrailError('config_invalid', 'MongoDB refuses this user', {}, { cause });
  }
  // The driver's messages name hosts, never credentials.
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SealtrailError('store_unavailable', `MongoDB failed: ${why}`, {}, { cause });
}
