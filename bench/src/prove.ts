import {
  entryProofSchema,
  historyProofSchema,
  verifyEntryProof,
  verifyHistoryProof,
} from '@sealtrail/format';
import { proveEntry, proveHistory } from '@sealtrail/store';
import type { Bed } from './beds/bed.ts';
import { TENANT } from './data.ts';
import { type FilledLog, type LogOptions, RECORD, TOUCHES } from './filled.ts';
import { type Figure, inTurn, rate } from './measure.ts';
import { runTask } from './tasks.ts';

/** Verifications in one round: a single one is too short to be measured. */
const TIMES = 20;

/** Proofs of an entry and of a record's complete history, against verifying the whole log. */
export async function benchProve(bed: Bed, log: FilledLog, { rounds, say }: LogOptions): Promise<Figure[]> {
  const { store, location, entries } = log;
  const size = entries.toLocaleString('en-US');
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
  return figures;
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
