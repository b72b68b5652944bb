import {
  directoryLeaf,
  entryProofSchema,
  historyProofSchema,
  merkleRoot,
  verifyEntryProof,
  verifyHistoryProof,
} from '@sealtrail/format';
import {
  anchorTenant,
  Directory,
  Log,
  proveEntry,
  proveHistory,
  type Store,
  sealTenants,
} from '@sealtrail/store';
import type { Bed } from './beds/bed.ts';
import { draft, TENANT } from './data.ts';
import { type Figure, inTurn, rate } from './measure.ts';
import { runTask } from './tasks.ts';

export interface ProveOptions {
  readonly entries: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

const RECORD = { type: 'deal', id: 'd-1042' };
/** Entries that touch the record, spread over the whole log. */
const TOUCHES = 50;
/** Verifications in one round: a single one is too short to be measured. */
const TIMES = 20;

/** Proofs of an entry and of a record's complete history, against verifying the whole log. */
export async function benchProve(bed: Bed, { entries, rounds, say }: ProveOptions): Promise<Figure[]> {
  const size = entries.toLocaleString('en-US');
  say(`prove, ${bed.name}: writing ${size} entries`);
  const { store, location, drop } = await bed.fresh();
  await fillWithRecord(store, entries - 1);
  await anchorTenant(store, TENANT);
  await sealTenants(store);
  say(`prove, ${bed.name}, ${size} entries`);
  const history = await timed(() => proveHistory(store, TENANT, RECORD));
  const entry = await timed(() => proveEntry(store, TENANT, Math.floor(entries / 2)));
  const whole = {
    'verifying the whole log': async () => 1_000 / (await runTask('verify', location, entries)).ms,
  };
  const figures: Figure[] = [];
  for (const [name, { text, seconds }, verify] of [
    [
      `history of a record, ${TOUCHES} of ${size} entries`,
      history,
      (json: string) => verifyHistoryProof(historyProofSchema.parse(JSON.parse(json))),
    ],
    [
      `one of ${size} entries`,
      entry,
      (json: string) => verifyEntryProof(entryProofSchema.parse(JSON.parse(json))),
    ],
  ] as const) {
    const measured = await inTurn(rounds, () => rate(TIMES, () => repeat(TIMES, () => verify(text))), whole);
    const notes = {
      'proof bytes': text.length,
      'verified in ms': round(1_000 / measured.perSecond.median),
      'made in s': round(seconds),
    };
    figures.push({ part: 'prove', store: bed.name, name, unit: 'proofs', ...measured, notes });
  }
  await drop();
  return figures;
}

/** A seal over very many tenants, all of them changed, against their tree alone. */
export async function benchSeal(
  bed: Bed,
  tenants: number,
  rounds: number,
  say: ProveOptions['say'],
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
  const seals: number[] = [];
  const measured = await inTurn(
    rounds,
    async () => {
      await change();
      say(`seal, ${bed.name}, ${size} tenants`);
      const perSecond = await rate(tenants, () => sealTenants(store));
      seals.push(tenants / perSecond);
      return perSecond;
    },
    {
      'the tree of the same leaves alone': async () => {
        const lines = (await Directory.at(store)).sorted();
        return rate(tenants, () => merkleRoot(lines.map(directoryLeaf)));
      },
    },
  );
  await drop();
  const notes = { 'sealed in s': round(tenants / measured.perSecond.median) };
  return {
    part: 'seal',
    store: bed.name,
    name: `${size} tenants, all changed`,
    unit: 'tenants',
    ...measured,
    notes,
  };
}

async function fillWithRecord(store: Store, n: number): Promise<void> {
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

async function timed(make: () => Promise<unknown>): Promise<{ text: string; seconds: number }> {
  const start = performance.now();
  const text = JSON.stringify(await make());
  return { text, seconds: (performance.now() - start) / 1_000 };
}

function repeat(times: number, work: () => unknown): void {
  for (let i = 0; i < times; i++) work();
}

function round(value: number): number {
  return Number(value.toPrecision(2));
}
