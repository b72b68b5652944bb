import type { EntryRow } from '@sealtrail/format';
import { type EntryDraft, Log } from '@sealtrail/store';
import { benchProcesses } from './append-processes.ts';
import type { Bed } from './beds/bed.ts';
import { draft, fill, storedRows, TENANT } from './data.ts';
import { MadeRows } from './made-rows.ts';
import { callers, type Figure, inTurn, percentile, type Round, rate } from './measure.ts';

export interface AppendOptions {
  readonly entries: number;
  readonly rounds: number;
  readonly callers: readonly number[];
  readonly say: (line: string) => void;
}

const MANY_TENANTS = [50, 1_000];
const MANY_CALLERS = 64;

/** Appends through `Log` against raw writes of the same rows, in groups as large as the number of callers. */
export async function benchAppend(bed: Bed, options: AppendOptions): Promise<Figure[]> {
  const { rounds, say } = options;
  const drafts = Array.from({ length: options.entries }, (_, i) => draft(i));
  const rows = await prepareRows(bed, options.entries, [TENANT]);
  const figures: Figure[] = [];
  for (const atOnce of options.callers) {
    say(`append, ${bed.name}, ${atOnce} ${atOnce === 1 ? 'caller' : 'callers'}`);
    // A single caller waits for each entry: fewer of them take as long.
    const n = atOnce === 1 ? Math.ceil(options.entries / 10) : options.entries;
    const subject = appends(bed, drafts.slice(0, n), atOnce, [TENANT]);
    const others: Record<string, Round> = {
      [bed.rawName(atOnce)]: () => bed.rawInsert(rows.slice(0, n), atOnce, 1),
      [bed.rawName(1_000)]: () => bed.rawInsert(rows.slice(0, n), 1_000, 1),
    };
    if (atOnce === MANY_CALLERS) {
      const made = (): MadeRows => new MadeRows(TENANT, drafts.slice(0, n));
      others[`${bed.rawName(atOnce)}, each row checked and hashed for it`] = () =>
        bed.rawInsert(made(), atOnce, 1);
      others[bed.lockName] = () => bed.lockPerEntry(rows.slice(0, Math.ceil(n / 20)), atOnce);
    }
    const measured = await inTurn(rounds, subject.round, others);
    const name = `${atOnce} ${atOnce === 1 ? 'caller' : 'callers'}, 1 tenant`;
    figures.push({ part: 'append', store: bed.name, name, ...measured, notes: subject.latency() });
  }
  for (const count of MANY_TENANTS) figures.push(await manyTenants(bed, drafts, count, options));
  figures.push(...(await benchProcesses(bed, rows, rounds, say)));
  return figures;
}

async function manyTenants(
  bed: Bed,
  drafts: readonly EntryDraft[],
  count: number,
  options: AppendOptions,
): Promise<Figure> {
  const size = count.toLocaleString('en-US');
  options.say(`append, ${bed.name}, ${size} tenants`);
  const tenants = Array.from({ length: count }, (_, i) => `tenant-${String(i).padStart(4, '0')}`);
  const rows = await prepareRows(bed, drafts.length, tenants);
  const subject = appends(bed, drafts, MANY_CALLERS, tenants);
  const measured = await inTurn(options.rounds, subject.round, {
    [bed.rawName(MANY_CALLERS)]: () => bed.rawInsert(rows, MANY_CALLERS, 1),
    [`${bed.rawName(1)}, ${MANY_CALLERS} at once`]: () => bed.rawInsert(rows, 1, MANY_CALLERS),
  });
  const name = `${MANY_CALLERS} callers, ${size} tenants`;
  return { part: 'append', store: bed.name, name, ...measured, notes: subject.latency() };
}

/** One round of appends through `Log`, and the latencies of all counted rounds. */
function appends(
  bed: Bed,
  drafts: readonly EntryDraft[],
  atOnce: number,
  tenants: readonly string[],
): { round: Round; latency: () => Record<string, number> } {
  const times: number[] = [];
  const tenantOf = (i: number): string => tenants[i % tenants.length] as string;
  const round: Round = async (counted) => {
    const { store, drop } = await bed.fresh();
    const log = new Log(store);
    // Registration is not what is measured.
    for (const tenant of tenants) await store.register(tenant);
    const perSecond = await rate(drafts.length, async () => {
      const took = await callers(drafts.length, atOnce, (i) =>
        log.append(tenantOf(i), drafts[i] as EntryDraft),
      );
      if (counted) for (const time of took) times.push(time);
    });
    await log.close();
    await drop();
    return perSecond;
  };
  return { round, latency: () => ({ 'p50 ms': percentile(times, 0.5), 'p99 ms': percentile(times, 0.99) }) };
}

/** What raw writes write: stored rows of real entries, in the order in which the log got them. */
async function prepareRows(bed: Bed, n: number, tenants: readonly string[]): Promise<EntryRow[]> {
  const { store, drop } = await bed.fresh();
  // One after the other: each is a transaction, and a thousand at once are more than a server need take.
  for (const tenant of tenants) await store.register(tenant);
  await fill(store, n, (i) => tenants[i % tenants.length] as string);
  const rows = await storedRows(store, tenants);
  await drop();
  // Rows come by tenant, and by position in it: dealt out again, one tenant after the other.
  return rows.toSorted((a, b) => a.seq - b.seq);
}
