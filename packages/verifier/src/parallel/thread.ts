import { type Task, walkTask } from './task.ts';
import type { PartResult } from './walk-part.ts';

/** What a thread is started for. */
export default function (task: Task): Promise<PartResult | undefined> {
  return walkTask(task);
}
