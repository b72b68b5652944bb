import type { EntryRow } from '@sealtrail/format';
import { Log } from '@sealtrail/store';
import { draft } from './data.ts';
import { callers, type Figure, inTurn, percentile } from './measure.ts';
import type { Bed } from './stores.ts';

/** Appends through `Log` against raw inserts of the same rows, in groups as large as the number of callers. */
export async function benchAppend(
  bed: Bed,
  options: { entries: number; callers: readonly number[]; rounds: number },
): Promise<Figure[]> {
  const rows = await sampleRows(bed, options.entries);
  const figures: Figure[] = [];
  for (const atOnce of options.callers) {
    // A single caller waits for each entry: fewer of them take as long.
    const n = atOnce === 1 ? Math.ceil(options.entries / 10) : options.entries;
    let times: number[] = [];
    const results = await inTurn(options.rounds, {
      sealtrail: async () => {
        const { store, drop } = await bed.fresh();
        const log = new Log(store);
        await log.append('acme', draft(0));
        const start = performance.now();
        times = await callers(n, atOnce, (i) => log.append('acme', draft(i)));
        const perSecond = (n * 1_000) / (performance.now() - start);
        await log.close();
        await drop();
        return perSecond;
      },
      'raw inserts': () => bed.rawInsert(rows.slice(0, n), atOnce),
      'raw inserts, 1,000 at once': () => bed.rawInsert(rows.slice(0, n), 1_000),
    });
    const { sealtrail, ...ceilings } = results;
    figures.push({
      group: `append, ${bed.name}`,
      name: `${atOnce} ${atOnce === 1 ? 'caller' : 'callers'}, one tenant`,
      perSecond: sealtrail as Figure['perSecond'],
      ceilings,
      notes: { 'p50 ms': percentile(times, 0.5), 'p99 ms': percentile(times, 0.99) },
    });
  }
  return figures;
}

/** Stored rows of real entries: what raw inserts write. */
async function sampleRows(bed: Bed, n: number): Promise<EntryRow[]> {
  const { store, drop } = await bed.fresh();
  const log = new Log(store);
  for (let i = 0; i < n; i += 1_000) {
    await Promise.all(
      Array.from({ length: Math.min(1_000, n - i) }, (_, k) => log.append('acme', draft(i + k))),
    );
  }
  await log.close();
  const source = store.source();
  const rows: EntryRow[] = [];
  for await (const { entries } of (await source.log('acme')).walk({ from: 1 })) {
    for (const row of entries) {
      const { tenant, seq, id, type, time, hash, entry, openings } = row as unknown as EntryRow;
      rows.push({ tenant, seq, id, type, time, hash, entry, openings });
    }
  }
  await source.close();
  await drop();
  return rows;
}
