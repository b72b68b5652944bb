import { expected, type WalkDone, type WalkJob } from '../walk-through.ts';
import { JoinedWalk } from './joined-walk.ts';
import type { Task } from './thread.ts';
import type { PartResult } from './walk-part.ts';

export interface Side {
  /** Walks one part somewhere else. */
  readonly run: (task: Task, signal: AbortSignal) => Promise<PartResult | undefined>;
  /** How many entries a part has, about. */
  readonly entries: number;
  /** How many parts are under way at a time. */
  readonly atOnce: number;
}

/**
 * Walks the parts of a log side by side and puts them together.
 *
 * @returns undefined when the log cannot be cut, or anything is wrong: then it must be walked in one piece
 */
export async function walkInParts(job: WalkJob, side: Side): Promise<WalkDone | undefined> {
  const { source, log, range, head, registeredGenesis, options } = job;
  if (source.location === undefined || head === undefined || registeredGenesis === undefined)
    return undefined;
  const parts = await log.parts?.(range, head.seq, side.entries);
  if (parts === undefined || parts.length < 2) return undefined;

  const { location, openings } = source;
  const given = { tenant: log.tenant, head, registeredGenesis, trusted: options.trusted };
  const tasks = parts.map((part): Task => ({ location, openings, job: { ...given, part } }));
  const total = expected(job);
  const giveUp = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, giveUp.signal]) : giveUp.signal;
  const joined = new JoinedWalk(job);
  const running: Promise<PartResult | undefined>[] = [];
  let begun = 0;
  try {
    for (const part of parts) {
      options.signal?.throwIfAborted();
      // Results wait for those before them: no more is begun than is worked on, and as much again.
      for (const task of tasks.slice(begun, begun + 2 * side.atOnce - running.length)) {
        const result = side.run(task, signal);
        // A failure belongs to the one who waits for this part, not to the process.
        result.catch(() => {});
        running.push(result);
        begun++;
      }
      const result = await running.shift();
      if (result === undefined || !joined.add(part, result)) return undefined;
      options.onProgress?.({ tenant: log.tenant, walked: joined.walked, total });
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    giveUp.abort();
    await Promise.allSettled(running);
  }
  const rows = { entries: joined.walked, anchors: joined.anchorRows };
  await log.pass?.(rows);
  return { walk: joined, rows, unreadable: false };
}
