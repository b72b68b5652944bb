import type { EntryRow } from '@sealtrail/format';
import { type AppendFigure, type AppendTask, MANY_CALLERS, nameOf, tenantNames } from './append-figure.ts';
import { benchProcesses } from './append-processes.ts';
import type { Bed } from './beds/bed.ts';
import { fill, storedRows } from './data.ts';
import { inChild } from './in-child.ts';
import type { Figure } from './measure.ts';

export interface AppendOptions {
  readonly entries: number;
  readonly rounds: number;
  readonly callers: readonly number[];
  readonly say: (line: string) => void;
}

const MANY_TENANTS = [50, 1_000];

/**
 * Appends through `Log` against raw writes of the same rows. Each figure is measured in a process of its own: the engine tunes itself
 * to what ran before, and a thousand callers at once leave another process behind than one that waits for each entry.
 */
export async function benchAppend(bed: Bed, options: AppendOptions): Promise<Figure[]> {
  const { rounds, say, entries } = options;
  const figures: Figure[] = [];
  let ofOne: readonly EntryRow[] = [];
  await withRows(bed, entries, 1, async (rows, read) => {
    for (const callers of options.callers)
      figures.push(await measure(bed, { callers, tenants: 1 }, rows, options));
    ofOne = await read();
  });
  for (const tenants of MANY_TENANTS) {
    await withRows(bed, entries, tenants, async (rows) => {
      figures.push(await measure(bed, { callers: MANY_CALLERS, tenants }, rows, options));
    });
  }
  figures.push(...(await benchProcesses(bed, ofOne, rounds, say)));
  return figures;
}

/** Writes a store whose rows raw writes will write: rows of real entries. */
async function withRows(
  bed: Bed,
  entries: number,
  count: number,
  work: (location: string, read: () => Promise<EntryRow[]>) => Promise<void>,
): Promise<void> {
  const tenants = tenantNames(count);
  const { store, location, drop } = await bed.fresh();
  try {
    // One after the other: each is a transaction, and a thousand at once are more than a server need take.
    for (const tenant of tenants) await store.register(tenant);
    await fill(store, entries, (i) => tenants[i % tenants.length] as string);
    await work(location, () => storedRows(store.source(), tenants));
  } finally {
    await drop();
  }
}

async function measure(
  bed: Bed,
  figure: AppendFigure,
  rows: string,
  options: AppendOptions,
): Promise<Figure> {
  options.say(`append, ${bed.name}, ${nameOf(figure)}`);
  const { entries, rounds } = options;
  const task: AppendTask = { store: bed.name, place: bed.place, rows, entries, rounds, figure };
  return inChild('./append-child.js', [JSON.stringify(task)]);
}
