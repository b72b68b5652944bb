import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchorTenant, erase, Log, prune, setRetention } from '@sealtrail/store';
import type { Bed } from './beds/bed.ts';
import { draft, TENANT } from './data.ts';
import type { Figure } from './measure.ts';

const BY = { type: 'user', id: 'u-1', auth_method: 'bench' } as const;
const DAY_MS = 86_400_000;

/** Bytes of a SQLite store before and after erasing everything about one record, and after pruning all that is anchored. */
export async function benchPrune(
  bed: Bed,
  { entries, say }: { readonly entries: number; readonly say: (line: string) => void },
): Promise<Figure> {
  const size = entries.toLocaleString('en-US');
  say(`prune, ${bed.name}: writing ${size} entries`);
  const { store, location, drop } = await bed.fresh();
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-bench-prune-'));
  const log = new Log(store);
  for (let at = 0; at < entries; at += 1_000) {
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => log.append(TENANT, draft(at + i))));
  }
  await setRetention(log, TENANT, { preset: 'custom', days: 30 }, { by: BY });
  await log.close();
  await anchorTenant(store, TENANT);
  await store.compact?.();
  const before = await bytes(location);
  say(`prune, ${bed.name}, ${size} entries`);
  const target = draft(0).targets?.[0] ?? { type: 'deal', id: 'none' };
  const erased = await timed(() =>
    erase(store, TENANT, { about: 'record', target, basis: 'gdpr_art_17', by: BY }),
  );
  const afterErase = await bytes(location);
  const pruned = await timed(() =>
    prune(store, TENANT, { by: BY, archive: folder, now: () => Date.now() + 31 * DAY_MS }),
  );
  const after = await bytes(location);
  const archive = pruned.result.file === null ? 0 : await bytes(pruned.result.file);
  await drop();
  await rm(folder, { recursive: true, force: true });
  const perSecond = pruned.result.entries / pruned.seconds;
  return {
    part: 'prune',
    store: bed.name,
    name: `${size} entries into an archive`,
    unit: 'entries',
    perSecond: { median: perSecond, min: perSecond, max: perSecond },
    against: [],
    notes: {
      'MB before': megabytes(before),
      'MB after erasing a record': megabytes(afterErase),
      'values erased': erased.result.values,
      'erased in s': Number(erased.seconds.toPrecision(2)),
      'MB after pruning': megabytes(after),
      'MB of the archive': megabytes(archive),
    },
  };
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - start) / 1_000 };
}

async function bytes(path: string): Promise<number> {
  return (await stat(path)).size;
}

function megabytes(n: number): number {
  return Number((n / 1_000_000).toPrecision(3));
}
