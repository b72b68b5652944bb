import { directoryLeaf, merkleRoot } from '@sealtrail/format';
import { anchorTenant, Directory, Log, type Store, sealTenants } from '@sealtrail/store';
import { peerRoot } from './anchor.ts';
import type { Bed } from './beds/bed.ts';
import { draft } from './data.ts';
import { type Figure, inTurn, rate } from './measure.ts';

/** A seal over very many tenants, all of them changed, against their tree alone. */
export async function benchSeal(
  bed: Bed,
  tenants: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Figure> {
  const size = tenants.toLocaleString('en-US');
  say(`seal, ${bed.name}: writing ${size} tenants`);
  const { store, drop } = await bed.fresh();
  const names = Array.from({ length: tenants }, (_, i) => `t-${i}`);
  const change = async (): Promise<void> => {
    const log = new Log(store);
    for (let at = 0; at < names.length; at += 50) {
      await Promise.all(names.slice(at, at + 50).map((name) => log.append(name, draft(at))));
    }
    await log.close();
    for (const name of names) await anchorTenant(store, name);
  };
  const measured = await inTurn(
    rounds,
    async () => {
      await change();
      say(`seal, ${bed.name}, ${size} tenants`);
      return rate(tenants, () => sealTenants(store));
    },
    {
      'the tree of the same leaves alone': async () => {
        const leaves = await directoryLeaves(store);
        return rate(tenants, () => merkleRoot(leaves));
      },
      'merkletreejs alone, the same leaves': async () => {
        const leaves = await directoryLeaves(store);
        return rate(tenants, () => peerRoot(leaves));
      },
    },
  );
  await drop();
  const notes = { 'sealed in s': Number((tenants / measured.perSecond.median).toPrecision(2)) };
  return {
    part: 'seal',
    store: bed.name,
    name: `${size} tenants, all changed`,
    unit: 'tenants',
    ...measured,
    notes,
  };
}

async function directoryLeaves(store: Store): Promise<string[]> {
  return (await Directory.at(store)).sorted().map(directoryLeaf);
}
