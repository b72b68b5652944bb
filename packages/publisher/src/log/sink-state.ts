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
  /** The last attempt, while it failed. */
  readonly failure: Failure | null;
}

export function sinkState(
  { name, newestOnly }: Pick<Sink, 'name' | 'newestOnly'>,
  memory: Memory,
): SinkState {
  const { checkpoints, since } = memory.waiting(name);
  return {
    name,
    size: memory.lastDelivered(name),
    outstanding: newestOnly ? Math.min(1, checkpoints) : checkpoints,
    since,
    failure: memory.failure(name) ?? null,
  };
}
