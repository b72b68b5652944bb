import { Log, type Store } from '@sealtrail/store';
import { draft, TENANT } from './data.ts';

/** A log that was filled for some figures: filling it takes longer than most of them. */
export interface FilledLog {
  readonly store: Store;
  readonly location: string;
  readonly entries: number;
}

export interface LogOptions {
  readonly rounds: number;
  readonly say: (line: string) => void;
}

export const RECORD = { type: 'deal', id: 'd-1042' };
/** Entries that touch the record, spread over the whole log. */
export const TOUCHES = 50;

/** Appends so many entries, some of which touch the record. */
export async function fillWithRecord(store: Store, n: number): Promise<void> {
  const log = new Log(store);
  const every = Math.max(1, Math.floor(n / TOUCHES));
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < n) {
      const i = next++;
      const one = draft(i);
      const touches = i % every === 0 && i / every < TOUCHES;
      await log.append(TENANT, touches ? { ...one, targets: [...(one.targets ?? []), RECORD] } : one);
    }
  };
  await Promise.all(Array.from({ length: 1_000 }, worker));
  await log.close();
}
