import { inChild } from './in-child.ts';

/** Work that is measured in a process of its own. */
export type Task = 'verify' | 'verify-threads' | 'verify-segments' | 'scan' | Hashing | `${Hashing}-trees`;

/** Hashing the texts of entries, or their sealed values as well. */
export type Hashing = 'hash' | 'hash-all';

export interface TaskResult {
  readonly perSecond: number;
  readonly ms: number;
  /** The most memory that the process ever had, the Node runtime included. */
  readonly peakMb: number;
}

/** Runs a task in a process of its own. */
export function runTask(task: Task, location: string, entries: number): Promise<TaskResult> {
  return inChild('./child.js', [task, location, String(entries)]);
}
