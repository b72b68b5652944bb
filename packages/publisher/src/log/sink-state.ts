import type { Sink } from '../sinks/sink.ts';
import type { Failure, Memory } from './memory.ts';

/** How far a sink is. */
export interface SinkState {
  readonly name: string;
  /** Newest size that it has; 0 for none. */
  readonly size: number;
  /** Checkpoints that it has not got. For one that needs only the newest, 0 or 1. */
  readonly outstanding: number;
  /** When the oldest of them was signed; null for none. */
  readonly since: string | null;
  /** Since when it took nothing of what waits for it; null when nothing does. */
  readonly quietSince: string | null;
  /** The last attempt, while it failed. */
  readonly failure: Failure | null;
}

export function sinkState(
  { name, newestOnly }: Pick<Sink, 'name' | 'newestOnly'>,
  memory: Memory,
): SinkState {
  const { checkpoints, since } = memory.waiting(name);
  const { size, time } = memory.lastDelivered(name);
  return {
    name,
    size,
    outstanding: newestOnly ? Math.min(1, checkpoints) : checkpoints,
    since,
    quietSince: since !== null && time !== null && time > since ? time : since,
    failure: memory.failure(name) ?? null,
  };
}
