import { Log } from '@sealtrail/store';
import { openSource } from '@sealtrail/verifier';
import type { Bed } from './beds/bed.ts';
import { draft, storedRows, TENANT } from './data.ts';
import { MadeRows } from './made-rows.ts';
import { callers, type Figure, inTurn, percentile, type Round, rate } from './measure.ts';

/** How many append at once, and to how many logs. */
export interface AppendFigure {
  readonly callers: number;
  readonly tenants: number;
}

/** One figure, for a process of its own. */
export interface AppendTask {
  readonly store: Bed['name'];
  readonly place: string;
  /** Location of a store with the rows that raw writes write. */
  readonly rows: string;
  readonly entries: number;
  readonly rounds: number;
  readonly figure: AppendFigure;
}

export const MANY_CALLERS = 64;

export function nameOf({ callers, tenants }: AppendFigure): string {
  const count = (n: number, what: string): string =>
    `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`;
  return `${count(callers, 'caller')}, ${count(tenants, 'tenant')}`;
}

export function tenantNames(count: number): readonly string[] {
  if (count === 1) return [TENANT];
  return Array.from({ length: count }, (_, i) => `tenant-${String(i).padStart(4, '0')}`);
}

/** Appends through `Log` against raw writes of the same rows, in groups as large as the number of callers. */
export async function measureAppends(bed: Bed, task: AppendTask): Promise<Figure> {
  const { callers: atOnce, tenants: count } = task.figure;
  const tenants = tenantNames(count);
  // A single caller waits for each entry: fewer of them take as long.
  const n = atOnce === 1 ? Math.ceil(task.entries / 10) : task.entries;
  const drafts = Array.from({ length: n }, (_, i) => draft(i));
  const all = await storedRows(await openSource(task.rows), tenants);
  // Rows come by tenant, and by position in it: dealt out again, one tenant after the other.
  const rows = all.toSorted((a, b) => a.seq - b.seq).slice(0, n);
  const others: Record<string, Round> = { [bed.rawName(atOnce)]: () => bed.rawInsert(rows, atOnce, 1) };
  if (count > 1) others[`${bed.rawName(1)}, ${atOnce} at once`] = () => bed.rawInsert(rows, 1, atOnce);
  else others[bed.rawName(1_000)] = () => bed.rawInsert(rows, 1_000, 1);
  if (count === 1 && atOnce === MANY_CALLERS) {
    others[`${bed.rawName(atOnce)}, each row checked and hashed for it`] = () =>
      bed.rawInsert(new MadeRows(TENANT, drafts), atOnce, 1);
    others[bed.lockName] = () => bed.lockPerEntry(rows.slice(0, Math.ceil(n / 20)), atOnce);
  }
  const times: number[] = [];
  const round: Round = async (counted) => {
    const { store, drop } = await bed.fresh();
    const log = new Log(store);
    // Registration is not what is measured.
    for (const tenant of tenants) await store.register(tenant);
    const perSecond = await rate(n, async () => {
      const took = await callers(n, atOnce, (i) =>
        log.append(tenants[i % count] as string, drafts[i] as (typeof drafts)[0]),
      );
      if (counted) for (const time of took) times.push(time);
    });
    await log.close();
    await drop();
    return perSecond;
  };
  const measured = await inTurn(task.rounds, round, others);
  const notes = { 'p50 ms': percentile(times, 0.5), 'p99 ms': percentile(times, 0.99) };
  return { part: 'append', store: bed.name, name: nameOf(task.figure), ...measured, notes };
}
