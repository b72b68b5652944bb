import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { LONGEST_DELAY_MS } from '../anchoring/retry.ts';
import type { LastTick } from '../observe/last-tick.ts';
import { KEEP_TICKS, TICK_OPTIONS, type TickResult } from './jobs.ts';

/** Puts a queue's schedule in place, with this worker's interval; it has the queue's name. The first job comes at once. */
export async function schedule(queue: Queue, everyMs: number): Promise<void> {
  await queue.upsertJobScheduler(queue.name, { every: everyMs }, { name: queue.name, opts: TICK_OPTIONS });
}

/**
 * Puts the schedule in place again if it is gone or stands still: Redis may have lost its data, a worker may have died between
 * taking a job and scheduling the next, and a clock that was put back makes the next job one of the far future. An interval
 * that another worker chose is left alone.
 */
export async function ensureScheduled(queue: Queue, everyMs: number): Promise<boolean> {
  const scheduler = await queue.getJobScheduler(queue.name);
  if (scheduler?.next !== undefined) {
    const now = Date.now();
    const patience = 2 * (scheduler.every ?? everyMs);
    if (scheduler.next > now + patience) {
      await queue.removeJobScheduler(queue.name);
      await forgetFuture(queue, now);
    } else {
      if (scheduler.next > now - patience) return false;
      // Overdue, but there: jobs take longer than their interval.
      const state = await queue.getJobState(`repeat:${queue.name}:${scheduler.next}`);
      if (state === 'waiting' || state === 'active' || state === 'delayed') return false;
      // It may have been taken, and done, between the two questions.
      const later = await queue.getJobScheduler(queue.name);
      if (later?.next !== undefined && later.next !== scheduler.next) return false;
    }
  }
  await schedule(queue, everyMs);
  return true;
}

/** Jobs that ended later than now would be the newest for as long as the clock was put back, and no other would be kept. */
async function forgetFuture(queue: Queue, now: number): Promise<void> {
  for (const job of await queue.getCompleted(0, KEEP_TICKS.removeOnComplete.count)) {
    if ((job?.finishedOn ?? 0) > now) await job?.remove();
  }
}

/** Jobs that are woken at once. */
const WOKEN = 1_000;

/**
 * Gives their turn to jobs that wait longer to be tried again than any does: since they were put off, the clock was put back. As long as
 * one waits, nothing else asks for its tenant or sink.
 */
export async function wakeFuture(queue: Queue, redis: Pick<Redis, 'zrangebyscore'>): Promise<number> {
  // As BullMQ keeps them: by the time they are due, with twelve bits behind it.
  const later = (Date.now() + 2 * LONGEST_DELAY_MS) * 0x1000;
  const ids = await redis.zrangebyscore(queue.toKey('delayed'), later, '+inf', 'LIMIT', 0, WOKEN);
  let woken = 0;
  for (const id of ids) {
    try {
      await (await queue.getJob(id))?.promote();
      woken++;
    } catch {
      // Another worker was faster, or Redis is away: the next look finds what is left.
    }
  }
  return woken;
}

/** The last tick that was done, by whichever worker. */
export async function lookUpLastTick(queue: Queue<object, TickResult>): Promise<LastTick | undefined> {
  const [job] = await queue.getCompleted(0, 0);
  const { tenants, entries } = job?.returnvalue ?? {};
  if (job?.finishedOn === undefined || !isCount(tenants) || !isCount(entries)) return undefined;
  const { repeat } = job.opts as { readonly repeat?: { readonly every?: unknown } };
  const everyMs = isCount(repeat?.every) ? repeat.every : undefined;
  return { endedAt: job.finishedOn, tenants, entries, everyMs };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
