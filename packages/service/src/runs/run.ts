import { isSealtrailError } from '@sealtrail/format';
import type { TenantReport } from '@sealtrail/verifier';
import type { RunRow, RunState } from '../data/port.ts';

/** After this long without a word the process of a run is taken for dead, in milliseconds. */
const STALE_MS = 30_000;

/** A run as it is shown. */
export type Run = Omit<RunRow, 'beat'>;

export interface RunProgress {
  readonly walked: number;
  readonly total: number | null;
  /** Entries a second, since the run began. */
  readonly rate: number;
  /** The last position that was walked; null before the first. */
  readonly position: number | null;
}

export type RunEvent =
  | { readonly event: 'progress'; readonly data: RunProgress }
  | { readonly event: 'done'; readonly data: { readonly run: Run } };

export const ABANDONED = { code: 'service_ended', message: 'the service ended while this was under way' };

export const now = (): string => new Date().toISOString();

/** A word of the future is one of a process that died before the clock was put back. */
export function isStale({ state, beat }: RunRow): boolean {
  return state === 'running' && Math.abs(Date.now() - Date.parse(beat)) > STALE_MS;
}

/** A run whose process died is shown as what it will be stored as. */
export function asOfNow(row: RunRow): RunRow {
  return isStale(row) ? { ...row, state: 'failed', finished: row.beat, error: ABANDONED } : row;
}

export function ended(row: RunRow, state: RunState, change: Partial<RunRow> = {}): RunRow {
  const finished = now();
  return { ...row, state, finished, beat: finished, ...change };
}

export function judged(row: RunRow, report: TenantReport): RunRow {
  const { status, walked, summary } = report;
  const change = {
    walked,
    position: report.range?.to ?? null,
    report: report as unknown as Record<string, unknown>,
  };
  if (status !== 'unverifiable') return ended(row, status, change);
  return ended(row, 'failed', { ...change, error: { code: 'source_invalid', message: summary } });
}

export function failure(error: unknown): { code: string; message: string } {
  if (isSealtrailError(error)) return { code: error.code, message: error.message };
  return { code: 'internal', message: 'the verification could not be carried out' };
}

export function progressOf({ walked, position, total, started, finished }: Run): RunProgress {
  const seconds = (Date.parse(finished ?? now()) - Date.parse(started)) / 1_000;
  const rate = seconds > 0 ? Math.round(walked / seconds) : 0;
  return { walked, total, rate, position };
}

export function shown({ beat: _, ...run }: RunRow): Run {
  return run;
}
