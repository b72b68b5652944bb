import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { anchorTenant, exportBundle, type Store } from '@sealtrail/store';
import type { Bed } from './beds/bed.ts';
import { fill, TENANT } from './data.ts';
import { type Figure, inTurn, type Round } from './measure.ts';
import { type Hashing, runTask, type Task } from './tasks.ts';

export interface VerifyOptions {
  readonly entries: number;
  readonly rounds: number;
  /** Where bundles are written. */
  readonly directory: string;
  /** Verify the store itself, and bundles exported from it. */
  readonly itself: boolean;
  readonly bundles: boolean;
  readonly say: (line: string) => void;
}

/** Full verification of a log of one size, from its store and from bundles of it. */
export async function benchVerify(bed: Bed, options: VerifyOptions): Promise<Figure[]> {
  const { entries, directory, say } = options;
  const size = entries.toLocaleString('en-US');
  const { store, location, drop } = await bed.fresh();
  say(`verify, ${bed.name}: writing ${size} entries`);
  await fill(store, entries - 1);
  await anchorTenant(store, TENANT);
  const figures: Figure[] = [];
  if (options.itself) {
    say(`verify, ${bed.name}, ${size} entries`);
    figures.push(...(await figuresOf(bed.name, location, 'hash-all', options)));
  }
  for (const openings of options.bundles ? (['included', 'withheld'] as const) : []) {
    say(`verify, bundle with values ${openings}, ${size} entries`);
    const path = join(directory, `${entries}-${openings}.jsonl`);
    await exportTo(store, path, openings);
    const task = openings === 'included' ? 'hash-all' : 'hash';
    figures.push(...(await figuresOf(`bundle, values ${openings}`, path, task, options)));
    rmSync(path);
  }
  await drop();
  return figures;
}

/** Fewer are walked before a thread is there. */
const MIN_THREADED = 100_000;

/** One figure for one thread; for a long log, one more for a thread on each core. */
async function figuresOf(
  store: string,
  location: string,
  hash: Hashing,
  options: VerifyOptions,
): Promise<Figure[]> {
  const one = await figure(store, location, { task: 'verify', cores: 1 }, hash, options);
  const cores = availableParallelism();
  if (options.entries < MIN_THREADED || cores === 1) return [one];
  return [one, await figure(store, location, { task: 'verify-threads', cores }, hash, options)];
}

async function figure(
  store: string,
  location: string,
  { task, cores }: { readonly task: Task; readonly cores: number },
  hash: Hashing,
  { entries, rounds }: VerifyOptions,
): Promise<Figure> {
  let peakMb = 0;
  const verify: Round = async () => {
    const result = await runTask(task, location, entries);
    peakMb = Math.max(peakMb, result.peakMb);
    return result.perSecond;
  };
  // As many processes as there are threads, each with all of it: what the machine can do at once.
  const together = async (what: Task): Promise<number> => {
    const all = await Promise.all(Array.from({ length: cores }, () => runTask(what, location, entries)));
    return all.reduce((sum, { perSecond }) => sum + perSecond, 0);
  };
  const where = cores === 1 ? '' : ' on all cores';
  const sideBySide: Record<string, Round> =
    cores === 1 ? {} : { 'a process for each core, each with all of it': () => together('verify') };
  const measured = await inTurn(rounds, verify, {
    ...sideBySide,
    [store.startsWith('bundle') ? 'reading its lines' : 'a raw scan']: async () =>
      (await runTask('scan', location, entries)).perSecond,
    [`SHA-256 of its texts alone${where}`]: () => together(hash),
    [`all that it hashes, trees as well${where}`]: () => together(`${hash}-trees`),
  });
  const name = `${entries.toLocaleString('en-US')} entries${cores === 1 ? '' : `, ${cores} threads`}`;
  return { part: 'verify', store, name, ...measured, notes: { 'peak MB': Math.round(peakMb) } };
}

export async function exportTo(store: Store, path: string, openings: 'included' | 'withheld'): Promise<void> {
  const source = store.source();
  const file = createWriteStream(path);
  const write = async (chunk: string): Promise<void> => {
    if (!file.write(chunk)) await once(file, 'drain');
  };
  await exportBundle(source, write, { openings, time: new Date().toISOString() });
  file.end();
  await once(file, 'close');
  await source.close();
}
