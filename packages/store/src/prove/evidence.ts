import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import {
  type Entry,
  type EntryProof,
  encodeEvidenceLine,
  evidenceLines,
  type HistoryProof,
  isHistoryProof,
  type Openings,
  provedTexts,
  readEntry,
  readOpenings,
  readSeal,
} from '@sealtrail/format';
import type { Store } from '../port.ts';

export interface EvidenceOptions {
  /** Names of sealed fields to disclose, or all of them. Default: none. */
  readonly disclose?: readonly string[] | 'all' | undefined;
  /** The clock, Unix milliseconds; default the current time. */
  readonly now?: (() => number) | undefined;
}

/** Entries whose openings are read together. */
const CHUNK = 200;

/**
 * Writes an evidence bundle (SPEC 15) in gzip: the proof, who vouches for it, the values that are disclosed, and a summary for
 * people. Ends the stream.
 */
export async function writeEvidence(
  store: Store,
  proof: EntryProof | HistoryProof,
  out: Writable,
  options: EvidenceOptions = {},
): Promise<void> {
  await pipeline(evidenceText(store, proof, options), createGzip(), out);
}

/** The lines of an evidence bundle as text, each with its line end. */
export async function* evidenceText(
  store: Store,
  proof: EntryProof | HistoryProof,
  { disclose = [], now = Date.now }: EvidenceOptions = {},
): AsyncGenerator<string> {
  const texts = provedTexts(proof);
  const disclosed = disclose.length === 0 ? new Map() : await openingsOf(store, texts, disclose);
  const lines = evidenceLines({
    proof,
    time: new Date(now()).toISOString(),
    summary: summaryOf(proof, texts.map(readEntry)),
    openingsOf: (text) => disclosed.get(text),
  });
  for (const line of lines) yield `${encodeEvidenceLine(line)}\n`;
}

/**
 * Names of sealed fields that nothing of what is proved has, and which it has instead. They would disclose nothing, which nobody
 * notices before whoever gets the evidence does.
 *
 * @returns undefined when each name is one that something has
 */
export function undisclosable(
  proof: EntryProof | HistoryProof,
  disclose: readonly string[] | 'all',
): string | undefined {
  if (disclose === 'all') return undefined;
  const texts = provedTexts(proof);
  const sealed = new Set(texts.flatMap((text) => Object.keys(readEntry(text).sealed)));
  const unknown = disclose.filter((field) => !sealed.has(field));
  if (unknown.length === 0) return undefined;
  const there = sealed.size === 0 ? 'no sealed field' : `only ${[...sealed].sort().join(', ')}`;
  return `${unknown.join(', ')}: what is proved has ${there}`;
}

async function openingsOf(
  store: Store,
  texts: readonly string[],
  disclose: readonly string[] | 'all',
): Promise<ReadonlyMap<string, Openings>> {
  const found = new Map<string, Openings>();
  for (let i = 0; i < texts.length; i += CHUNK) {
    const chunk = texts.slice(i, i + CHUNK);
    const entries = chunk.map(readEntry);
    const rows = await store.readAt(
      (entries[0] as Entry).tenant,
      entries.map(({ seq }) => seq),
    );
    for (const { entry, openings } of rows) {
      const chosen = Object.entries(readOpenings(openings)).filter(
        ([field]) => disclose === 'all' || disclose.includes(field),
      );
      if (chosen.length > 0) found.set(entry, Object.fromEntries(chosen));
    }
  }
  return found;
}

/** What a person reads who looks into the file. Nothing follows from it. */
function summaryOf(proof: EntryProof | HistoryProof, entries: readonly Entry[]): string[] {
  const { number, time } = readSeal(proof.sealed.seal);
  const [first] = entries;
  const what = isHistoryProof(proof)
    ? `All ${entries.length} entries about ${proof.record.type} ${proof.record.id} in the log of ${proof.tenant}`
    : `Entry ${first?.seq} of the log of ${first?.tenant}`;
  return [
    `${what}, under seal ${number} of ${time}.`,
    'This text is for people: only sealtrail-verify says whether it is true.',
    ...entries
      .slice(0, 500)
      .map(({ seq, time: at, type, actor }) => `${seq}  ${at}  ${type}  by ${actor.type} ${actor.id}`),
    ...(entries.length > 500 ? [`... and ${entries.length - 500} more`] : []),
  ];
}
