import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EntryRow, leafHash, opens, type StoredOpening, scanOpenings } from '@sealtrail/format';
import { anchorTenant, exportBundle, Log, type Store } from '@sealtrail/store';
import { draft } from './data.ts';
import { type Figure, inTurn, rate, spread } from './measure.ts';
import type { Bed } from './stores.ts';

interface Child {
  readonly perSecond: number;
  readonly peakMb: number;
}

/** Full verification of one size from a store and from bundles of it, and anchoring on the way there. */
export async function benchVerify(
  bed: Bed,
  options: { entries: number; rounds: number; directory: string; bundles: boolean },
): Promise<Figure[]> {
  const { store, location, drop } = await bed.fresh();
  const total = options.entries;
  await fill(store, total - 1);
  const anchoring = await rate(total, () => anchorTenant(store, 'acme'));
  const size = total.toLocaleString('en-US');
  const figures: Figure[] = [
    {
      group: 'anchor',
      name: `${size} entries, ${bed.name}`,
      perSecond: spread([anchoring]),
      ceilings: {},
      notes: { rounds: 1 },
    },
  ];
  const sha = await hashOnly(store);
  figures.push(
    await against(`verify, ${bed.name}`, size, location, total, options.rounds, sha, () =>
      bed.rawScan(location),
    ),
  );
  if (options.bundles) {
    for (const openings of ['included', 'withheld'] as const) {
      const path = join(options.directory, `${size}-${openings}.jsonl`);
      await exportTo(store, path, openings);
      figures.push(
        await against(`verify, bundle, values ${openings}`, size, path, total, options.rounds, sha, () =>
          readLines(path),
        ),
      );
    }
  }
  await drop();
  return figures;
}

async function against(
  group: string,
  size: string,
  location: string,
  total: number,
  rounds: number,
  sha: { entries: () => void; values: () => void; share: number },
  raw: () => Promise<void>,
): Promise<Figure> {
  let peakMb = 0;
  const values = !group.includes('withheld');
  const { sealtrail, ...ceilings } = await inTurn(rounds, {
    sealtrail: async () => {
      const child = await inChild(location);
      peakMb = Math.max(peakMb, child.peakMb);
      return child.perSecond;
    },
    'raw scan': () => rate(total, raw),
    'SHA-256 alone': () =>
      rate(total * sha.share, () => {
        sha.entries();
        if (values) sha.values();
      }),
  });
  return {
    group,
    name: `${size} entries`,
    perSecond: sealtrail as Figure['perSecond'],
    ceilings,
    notes: { 'peak MB': Math.round(peakMb) },
  };
}

/** Verifies in a process of its own, so that its memory is its own. */
async function inChild(location: string): Promise<Child> {
  const script = fileURLToPath(new URL('./verify-child.js', import.meta.url));
  const child = spawn(process.execPath, [script, location], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const [status] = (await once(child, 'close')) as [number];
  if (status !== 0) throw new Error(`the verification failed: ${out}`);
  return JSON.parse(out) as Child;
}

async function fill(store: Store, n: number): Promise<void> {
  const log = new Log(store, { maxWaiting: 4_000 });
  const width = 2_000;
  for (let i = 0; i < n; i += width) {
    await Promise.all(
      Array.from({ length: Math.min(width, n - i) }, (_, k) => log.append('acme', draft(i + k))),
    );
  }
  await log.close();
}

/** Hashing of a sample of the texts and sealed values, kept in memory. */
async function hashOnly(store: Store): Promise<{ entries: () => void; values: () => void; share: number }> {
  const source = store.source();
  const log = await source.log('acme');
  const total = ((await log.head())?.['seq'] as number) + 1;
  const texts: string[] = [];
  const openings: StoredOpening[] = [];
  for await (const { entries } of log.walk({ from: 0, to: Math.min(total - 1, 20_000) })) {
    for (const row of entries as unknown as EntryRow[]) {
      texts.push(row.entry);
      openings.push(...scanOpenings(row.openings));
    }
  }
  await source.close();
  return {
    entries: () => {
      for (const text of texts) leafHash(text);
    },
    values: () => {
      for (const opening of openings) opens(opening, '');
    },
    share: texts.length / total,
  };
}

async function exportTo(store: Store, path: string, openings: 'included' | 'withheld'): Promise<void> {
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

/** Reads a file as lines and does nothing with them. */
async function readLines(path: string): Promise<void> {
  let lines = 0;
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 17 })) {
    lines += (chunk as string).split('\n').length;
  }
  if (lines === 0) throw new Error('the file is empty');
}
