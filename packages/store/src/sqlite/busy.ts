import { SealtrailError } from '@sealtrail/format';
import { backoff, jitter } from '../retry.ts';

/**
 * Does something again until no other process is in its way. It waits without blocking this process; SQLite's own waiting
 * would stop the event loop, and does not cover a file that another process is just taking into use.
 *
 * @throws SealtrailError what `work` throws, or `store_unavailable`
 */
export async function patiently<T>(waitMs: number, work: () => T): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (const delay of backoff(2, 50)) {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof SealtrailError) throw cause;
      if (!isBusy(cause) || performance.now() > deadline) throw unavailable(cause);
    }
    await jitter(delay);
  }
  throw new Error('unreachable');
}

/** What {@link patiently} takes for another process in the way, where SQLite says so in an answer. */
export function busy(why: string): Error {
  return Object.assign(new Error(why), { code: 'SQLITE_BUSY' });
}

function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY');
}

/** Whether {@link patiently} gave up because others were in its way all the time. */
export function isBusyFailure(error: unknown): boolean {
  return error instanceof SealtrailError && isBusy(error.cause);
}

/** Whether the file is none that SQLite can work with, which no waiting changes. */
export function isUnusable(error: unknown): boolean {
  return ['SQLITE_NOTADB', 'SQLITE_CORRUPT'].some((code) => codeOf(error).startsWith(code));
}

export function unavailable(cause: unknown): SealtrailError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SealtrailError('store_unavailable', `the SQLite store failed: ${why}`, {}, { cause });
}

/** The driver's code; empty for what has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
