import { SealtrailError } from '@sealtrail/format';
import { MongoBulkWriteError, MongoError } from 'mongodb';

const DUPLICATE_KEY = 11_000;
const NAMESPACE_EXISTS = 48;
/** Another index has its name, or its key. */
const INDEX_CONFLICTS: readonly unknown[] = [85, 86];

/**
 * The documents that a unique index refused, by their places in the insert; those of an ordered one behind the first of them were
 * not tried. Everything else, and a failed write concern beside it, makes what is written uncertain.
 *
 * @returns undefined when that is not known
 */
export function duplicateKeys(error: unknown): ReadonlySet<number> | undefined {
  if (!(error instanceof MongoBulkWriteError)) return undefined;
  const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  if (errors.length === 0 || error.result.getWriteConcernError() !== undefined) return undefined;
  if (errors.some(({ code }) => code !== DUPLICATE_KEY)) return undefined;
  return new Set(errors.map(({ index }) => index));
}

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoError && error.code === DUPLICATE_KEY;
}

export function isNamespaceExists(error: unknown): boolean {
  return error instanceof MongoError && error.code === NAMESPACE_EXISTS;
}

/** An index that cannot be made, however often one tries: there is another one, or rows that it would not have let in. */
export function isIndexRefused(error: unknown): boolean {
  return isDuplicateKey(error) || (error instanceof MongoError && INDEX_CONFLICTS.includes(error.code));
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
