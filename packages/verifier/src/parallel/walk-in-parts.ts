import { isSealtrailError } from '@sealtrail/format';
import type { Part } from '../source.ts';
import { expected, type WalkDone, type WalkJob } from '../walk-through.ts';
import { JoinedWalk } from './joined-walk.ts';
import type { Task } from './task.ts';
import type { PartResult } from './walk-part.ts';

/** Walks one part, here or in a thread. */
export type Walker = (task: Task, signal: AbortSignal) => Promise<PartResult | undefined>;

export interface Side {
  /** They walk side by side: each takes the next part when it is done with the one before. */
  readonly walkers: readonly Walker[];
  /** How many entries a part has, about. */
  readonly entries: number;
}

/**
 * Walks the parts of a log side by side and puts them together.
 *
 * @returns undefined when the log cannot be cut, or anything is wrong: then it must be walked in one piece
 */
export async function walkInParts(job: WalkJob, side: Side): Promise<WalkDone | undefined> {
  const { source, log, range, head, registeredGenesis, options } = job;
  const { location, openings } = source;
  if (location === undefined || head === undefined || registeredGenesis === undefined) return undefined;
  const parts = log.parts?.(range, head.seq, side.entries)[Symbol.asyncIterator]();
  if (parts === undefined) return undefined;

  const given = { tenant: log.tenant, head, registeredGenesis, trusted: options.trusted };
  const total = expected(job);
  const joined = new JoinedWalk(job);
  // Parts that are not joined yet, in their order. A result waits for those before it.
  const begun: { readonly part: Part; result?: PartResult }[] = [];
  const join = (): boolean => {
    for (let next = begun[0]; next?.result !== undefined; next = begun[0]) {
      options.signal?.throwIfAborted();
      if (!joined.add(next.part, next.result)) return false;
      begun.shift();
      const position = joined.last?.seq ?? null;
      options.onProgress?.({ tenant: log.tenant, walked: joined.walked, position, total });
    }
    return true;
  };
  const giveUp = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, giveUp.signal]) : giveUp.signal;
  const walkOn = async (walk: Walker): Promise<void> => {
    while (!signal.aborted) {
      const part = await nextPart(parts);
      if (part === 'none') return;
      if (part === 'unreadable') return giveUp.abort();
      const own: (typeof begun)[number] = { part };
      begun.push(own);
      const result = await walk({ location, openings, job: { ...given, part } }, signal);
      if (result !== undefined) own.result = result;
      if (result === undefined || !join()) giveUp.abort();
    }
  };

  const walking = side.walkers.map(walkOn);
  try {
    await Promise.all(walking);
    options.signal?.throwIfAborted();
    // Also when there was no part at all.
    if (giveUp.signal.aborted || joined.last === undefined) return undefined;
    // Each part was read of a state of its own: a value destroyed meanwhile may be missing there, and its account in no part.
    if (range.to === undefined && joined.accounts.waiting > 0) return undefined;
  } catch (error) {
    options.signal?.throwIfAborted();
    // Who was told to stop says so by failing.
    if (!giveUp.signal.aborted) throw error;
    return undefined;
  } finally {
    giveUp.abort();
    await Promise.allSettled(walking);
    await parts.return?.();
  }
  const rows = { entries: joined.walked, anchors: joined.anchorRows };
  await log.pass?.(rows);
  return { walk: joined, rows, unreadable: false };
}

/** What cannot be read is for the walk through all of it to say. */
async function nextPart(parts: AsyncIterator<Part>): Promise<Part | 'none' | 'unreadable'> {
  try {
    const { done, value } = await parts.next();
    return done === true ? 'none' : value;
  } catch (error) {
    if (isSealtrailError(error)) return 'unreadable';
    throw error;
  }
}
