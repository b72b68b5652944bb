import { isSealtrailError } from '@sealtrail/format';

/**
 * Why a run failed, by what is to be done about it:
 *
 * - `broken`: the log does not verify. A person must look; a retry would only find the same.
 * - `outage`: something could not be reached. Retry, later each time.
 * - `abandoned`: told to stop. Whoever comes next goes on.
 * - `failed`: anything else, which nobody foresaw. A person must look.
 */
export type Failure = 'broken' | 'outage' | 'abandoned' | 'failed';

/** The store's refusals to go on from what is stored. */
export type BrokenCode = 'segment_broken' | 'log_broken';

export function brokenCode(error: unknown): BrokenCode | undefined {
  if (isSealtrailError(error, 'segment_broken')) return 'segment_broken';
  return isSealtrailError(error, 'log_broken') ? 'log_broken' : undefined;
}

export function classify(error: unknown, signal?: AbortSignal): Failure {
  // First: what was found broken before the stop is broken all the same.
  if (brokenCode(error) !== undefined) return 'broken';
  if (signal?.aborted === true) return 'abandoned';
  return isOutage(error) ? 'outage' : 'failed';
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
// Errors of the drivers that reach this place as they are: those of a store's reader, and Redis.
const OUTAGE_NAMES =
  /^(Mongo(Network(Timeout)?|ServerSelection|NotConnected|PoolCleared\w*|WaitQueueTimeout)Error|MaxRetriesPerRequestError)$/;
// MongoDB's codes of a server that cannot answer now, such as during a failover: those of its retryable reads.
const MONGODB_OUTAGES = new Set([6, 7, 89, 91, 134, 189, 262, 9_001, 10_107, 11_600, 11_602, 13_435, 13_436]);
const SQLITE_OUTAGES = /^SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|FULL)/;

const REFUSED_BY_DISK = /^(ENOSPC|EDQUOT|EROFS|EACCES|EPERM|(UNKNOWN_)?SQLITE_(FULL|READONLY)(_.+)?)$/;

/** Whether a disk is full or may not be written: it is tried again, but a person has to mend it. */
export function isRefusedByDisk(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 8) return false;
  if ('code' in error && REFUSED_BY_DISK.test(String(error.code))) return true;
  return isRefusedByDisk(error.cause, depth + 1);
}

/** Whether something could not be reached, as far as an error and its causes tell. */
export function isOutage(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 8) return false;
  if (isSealtrailError(error)) return error.code === 'store_unavailable' || error.code === 'transaction_busy';
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && (NETWORK_CODES.has(code) || SQLITE_OUTAGES.test(code))) return true;
  if (typeof code === 'number' && error.name === 'MongoServerError' && MONGODB_OUTAGES.has(code)) return true;
  if (OUTAGE_NAMES.test(error.name)) return true;
  if (error.message === 'Connection is closed.') return true;
  const inner = error instanceof AggregateError ? error.errors : [];
  return [error.cause, ...inner].some((one) => isOutage(one, depth + 1));
}
