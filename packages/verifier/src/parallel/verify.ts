import { availableParallelism } from 'node:os';
import { SealtrailError } from '@sealtrail/format';
import type { SourceReport, TenantReport, VerifyOptions } from '../report.ts';
import type { LogSource } from '../source.ts';
import * as source from '../verify-source.ts';
import { verifyLog } from '../verify-tenant.ts';
import type { WalkInParts } from '../walk-through.ts';
import { number } from '../words.ts';

/** How a long log is shared among threads. */
export interface Threads {
  /**
   * How many threads walk a long log side by side; default 1. The one that asks is among them. Each of the others opens the source
   * for itself, and needs some 60 MB. The report is the same: where anything is wrong, the log is walked once more in one piece.
   */
  readonly threads?: number | undefined;
  /**
   * How many entries a thread walks at a time; default 8,192 of a file and 20,000 of a database. Logs shorter than three times that are
   * walked in one piece.
   */
  readonly partEntries?: number | undefined;
}

/** Where more threads help little, and memory grows. */
const MOST_BY_DEFAULT = 8;

/** A thread for each core, up to eight. */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), MOST_BY_DEFAULT);
}

/**
 * Verifies one tenant's log.
 *
 * @throws SealtrailError `config_invalid` for options that contradict each other, `source_invalid` or `store_unavailable`
 *   when the source cannot be read. What is wrong with the log is in the report, never thrown.
 */
export function verifyTenant(
  from: LogSource,
  tenant: string,
  { threads, partEntries, ...options }: VerifyOptions & Threads = {},
): Promise<TenantReport> {
  return withThreads({ threads, partEntries }, async (walkInParts) =>
    verifyLog(from, await from.log(tenant), options, walkInParts),
  );
}

/**
 * Verifies every log of a source, one after the other.
 *
 * @throws as {@link verifyTenant}; a bundle that is malformed or cut is a finding of the report, not an error
 */
export function verifyAll(
  from: LogSource,
  { threads, partEntries, ...options }: source.VerifyAllOptions & Threads = {},
): Promise<SourceReport> {
  return withThreads({ threads, partEntries }, (walkInParts) => source.verifyAll(from, options, walkInParts));
}

async function withThreads<T>(
  { threads = 1, partEntries }: Threads,
  verify: (walkInParts: WalkInParts | undefined) => Promise<T>,
): Promise<T> {
  for (const [name, value, most] of [
    ['threads', threads, 1_024],
    ['partEntries', partEntries ?? 1, Number.MAX_SAFE_INTEGER],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= 1 && value <= most) continue;
    throw new SealtrailError('config_invalid', `${name} is a whole number from 1 to ${number(most)}`);
  }
  if (threads === 1) return verify(undefined);
  const { Pool } = await import('./pool.ts');
  const pool = new Pool(threads, partEntries);
  try {
    return await verify((job) => pool.walk(job));
  } finally {
    await pool.close();
  }
}
