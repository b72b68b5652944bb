import { isName } from '@sealtrail/format';
import { type JobsOptions, UnrecoverableError } from 'bullmq';
import { MAX_ATTEMPTS } from '../anchoring/retry.ts';

/** Each kind of work has a queue, so that a tick does not wait behind the anchoring that the ones before it asked for. */
export const TICK_QUEUE = 'tick';
export const ANCHOR_QUEUE = 'anchor';
export const SWEEP_QUEUE = 'sweep';
export const SEAL_QUEUE = 'seal';
export const PUBLISH_QUEUE = 'publish';
export const DELIVER_QUEUE = 'deliver';

export interface AnchorJob {
  readonly tenant: string;
}

export interface DeliverJob {
  readonly sink: string;
}

/** What a checkpoint leaves in Redis for a person who looks. */
export interface PublishJobResult {
  readonly size: number | null;
}

/** What a tick leaves in Redis for the other workers' metrics. */
export interface TickResult {
  readonly tenants: number;
  readonly entries: number;
}

/** What a seal leaves in Redis for a person who looks. */
export interface SealJobResult {
  readonly number: number | null;
  readonly changed: number;
}

/** What a sweep leaves in Redis for a person who looks. */
export interface SweepResult {
  readonly expired: number;
  readonly decided: number;
}

/**
 * What is kept of jobs that are over, for a person who looks into Redis. However long a tenant is broken, and whatever
 * others put into the queue, Redis does not fill up.
 */
export const KEEP_TICKS = { removeOnComplete: { count: 20 }, removeOnFail: { count: 20 } } as const;
export const KEEP_ANCHORS = { removeOnComplete: { count: 200 }, removeOnFail: { count: 500 } } as const;

/** A tick or sweep that failed is not repeated: the next one does its work. */
export const TICK_OPTIONS: JobsOptions = { attempts: 1, stackTraceLimit: 1 };

/** @param id the tenant or the sink: one job for it while it waits, runs or waits to be retried, whoever adds it */
export function retriedOptions(id: string): JobsOptions {
  return {
    attempts: MAX_ATTEMPTS,
    backoff: { type: 'sealtrail' },
    deduplication: { id },
    stackTraceLimit: 1,
  };
}

/**
 * Reads what is in Redis, which others may write to.
 *
 * @throws ForeignJobError
 */
export function readAnchorJob(data: unknown): AnchorJob {
  if (typeof data === 'object' && data !== null && 'tenant' in data && Object.keys(data).length === 1) {
    const { tenant } = data;
    if (typeof tenant === 'string' && isName(tenant)) return { tenant };
  }
  throw new ForeignJobError();
}

/** @throws as {@link readAnchorJob} */
export function readDeliverJob(data: unknown): DeliverJob {
  if (typeof data === 'object' && data !== null && 'sink' in data && Object.keys(data).length === 1) {
    const { sink } = data;
    if (typeof sink === 'string' && sink.length <= 256) return { sink };
  }
  throw new ForeignJobError();
}

/** Nothing is done for such a job, and it is not tried again. */
export class ForeignJobError extends UnrecoverableError {
  constructor() {
    super('a job in the queue is none of Sealtrail; is its prefix shared?');
  }
}
