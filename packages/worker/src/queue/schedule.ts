import type { Queue } from 'bullmq';
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

/** The last tick that was done, by whichever worker. */
export async function lookUpLastTick(queue: Queue<object, TickResult>): Promise<LastTick | undefined> {
  const [job] = await queue.getCompleted(0, 0);
  const { tenants, entries } = job?.returnvalue ?? {};
  if (job?.finishedOn === undefined || !isCount(tenants) || !isCount(entries)) return undefined;
  return { endedAt: job.finishedOn, tenants, entries };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
