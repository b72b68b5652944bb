import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { anchorTenant, Directory, Log, Sealer, type Store } from '@sealtrail/store';
import type { Bed } from '../beds/bed.ts';
import { draft } from '../data.ts';
import { callers } from '../measure.ts';
import { medianMs, timed, type World } from './world.ts';

/** One installation with so many tenants. */
export interface TenantSample {
  readonly tenants: number;
  /** A look for tenants with unanchored entries when there is none. */
  readonly tickMs: number;
  /** A seal after each tenant's line changed, and one after a single one did. */
  readonly sealAllMs: number;
  readonly sealOneMs: number;
  /** Reading the directory from its stored changes, one for each tenant. */
  readonly loadMs: number;
}

const AT_ONCE = 8;

export async function sampleTenants(
  bed: Bed,
  sizes: readonly number[],
  say: World['say'],
): Promise<TenantSample[]> {
  const samples: TenantSample[] = [];
  for (const tenants of sizes) {
    say(`${bed.name}: ${tenants.toLocaleString('en-US')} tenants`);
    const { store, drop } = await bed.fresh();
    const names = Array.from({ length: tenants }, (_, i) => tenantName(i));
    await callers(tenants, AT_ONCE, async (i) => {
      await store.register(names[i] as string);
      await anchorTenant(store, names[i] as string);
    });
    const sealer = new Sealer(store);
    const sealAllMs = await timed(() => sealer.seal());
    const loadMs = await medianMs(3, () => Directory.at(store));
    const sealOneMs = await sealAfterOneChange(store, sealer, names[0] as string);
    const tickMs = await medianMs(5, async () => {
      for await (const { tenant } of store.unanchored()) {
        if (tenant !== '~seals') throw new Error(`${tenant} has something to anchor`);
      }
    });
    samples.push({ tenants, tickMs, sealAllMs, sealOneMs, loadMs });
    await drop();
  }
  return samples;
}

async function sealAfterOneChange(store: Store, sealer: Sealer, tenant: string): Promise<number> {
  const log = new Log(store);
  const values: number[] = [];
  for (let i = 0; i < 3; i++) {
    await log.append(tenant, draft(i));
    await anchorTenant(store, tenant);
    values.push(await timed(() => sealer.seal()));
  }
  await log.close();
  return values.toSorted((a, b) => a - b)[1] as number;
}

export function tenantName(i: number): string {
  return `tenant-${String(i).padStart(7, '0')}`;
}

/** Memory of one line of the directory, by what the heap grows with many of them. */
export function directoryLineBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const lines = 50_000;
  const directory = new Directory();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < lines; i++) {
    const hex = i.toString(16).padStart(64, '0');
    directory.set({ tenant: tenantName(i), anchors: i + 1, entries: i + 1, last: hex });
  }
  const sorted = directory.sorted();
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  return Math.round(grown / sorted.length);
}
