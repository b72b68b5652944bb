import type { TenantReport } from '@sealtrail/verifier/stream';
import type { Noted } from './noted.ts';
import type { Walked } from './walked.ts';

/** Who walks the log: the service beside the store, or this page over the bytes that the service sends. */
export type Side = 'server' | 'browser';

export interface CheckProgress {
  readonly walked: number;
  readonly total: number | null;
  /** Entries a second. */
  readonly rate: number;
  readonly position: number | null;
}

/** One check of one tenant's log, since the page was opened. */
export interface Check {
  readonly phase: 'idle' | 'running' | 'done' | 'failed' | 'cancelled';
  /** How far it is, or came before it failed. */
  readonly progress: CheckProgress | null;
  readonly report: TenantReport | null;
  /** What the browser held the log against. */
  readonly noted?: Noted | undefined;
  /** What the browser walked. */
  readonly walked?: Walked | undefined;
  /** Entries that the service said the log has, before the check began. */
  readonly known?: number | undefined;
  /** Why there is no report; while it runs, why it could not be cancelled. */
  readonly error: Error | null;
  /** When it ended, milliseconds since the epoch. */
  readonly finished: number | null;
}

export const NO_CHECK: Check = { phase: 'idle', progress: null, report: null, error: null, finished: null };

/** What a browser's own check came to. */
export interface BrowserCheck {
  readonly report: TenantReport;
  /** Undefined where the report is not that the log is valid. */
  readonly walked: Walked | undefined;
}

/** What a worker is asked. */
export interface WorkerTask {
  readonly url: string;
  readonly tenant: string;
  /** An entry that the log must still have. */
  readonly trusted?: { readonly seq: number; readonly hash: string } | undefined;
}

/** What a worker says. */
export type WorkerNews =
  /** That some of the log came. */
  | { readonly kind: 'heard' }
  | { readonly kind: 'progress'; readonly progress: CheckProgress }
  | ({ readonly kind: 'done' } & BrowserCheck)
  | { readonly kind: 'failed'; readonly message: string };
