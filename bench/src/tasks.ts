import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

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
export async function runTask(task: Task, location: string, entries: number): Promise<TaskResult> {
  const script = fileURLToPath(new URL('./child.js', import.meta.url));
  const child = spawn(process.execPath, [script, task, location, String(entries)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${task} of ${location} failed`);
  return JSON.parse(out) as TaskResult;
}
