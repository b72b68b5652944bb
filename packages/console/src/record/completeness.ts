import { readEntry } from '@sealtrail/format';
import { type ProofReport, verifyProof } from '@sealtrail/verifier/stream';
import type { ViewEntry } from '@sealtrail/views';
import { shownOtherwise } from '../log/shown.ts';

/** What the proof says of the history that is shown. */
export interface Completeness {
  readonly report: ProofReport;
  /** What is shown but not proved, or proved but not shown, as plain words. Empty when both say the same. */
  readonly differences: readonly string[];
  /** Entries that are shown and newer than what the seal covers. */
  readonly newer: number;
}

/**
 * Verifies a history proof in this page and holds it against what the page shows: a history that leaves an entry out is no
 * better for a good proof beside it, nor is one that tells something else of an entry than the text that was proved. The proof
 * holds no sealed values: those that are shown are not held against anything.
 *
 * @param shown all entries of the history, or as many as are `loaded`
 * @throws SealtrailError `proof_malformed`
 */
export function completenessOf(
  text: string,
  about: { readonly tenant: string; readonly type: string; readonly id: string },
  shown: readonly ViewEntry[],
  loaded: 'all' | 'some',
): Completeness {
  const report = verifyProof(text);
  const { covered, record, tenant } = report;
  if (report.status !== 'valid' || covered === null) return { report, differences: [], newer: 0 };
  const differences: string[] = [];
  if (tenant !== about.tenant || record?.type !== about.type || record.id !== about.id) {
    differences.push('The proof is about another record than was asked for.');
  }
  const proved = new Map(report.entries.map(({ seq, hash }) => [seq, hash]));
  const texts = textsIn(text);
  const sealed = shown.filter(({ seq }) => seq < covered);
  for (const entry of sealed) {
    const { seq, hash } = entry;
    const others = shownOtherwise(texts.get(seq) ?? '', about.tenant, entry);
    if (proved.get(seq) !== hash) {
      differences.push(`Entry ${seq} is shown, but the proof does not have it so.`);
    } else if (others.length > 0) {
      differences.push(`Entry ${seq} is shown otherwise than it was proved: ${others.join(', ')}.`);
    }
  }
  const seen = new Set(shown.map(({ seq }) => seq));
  const end = loaded === 'all' ? Number.POSITIVE_INFINITY : (shown.at(-1)?.seq ?? -1);
  for (const seq of proved.keys()) {
    if (seq <= end && !seen.has(seq))
      differences.push(`Entry ${seq} is proved to touch the record, but is not shown.`);
  }
  return { report, differences, newer: shown.length - sealed.length };
}

/** The texts that a proof holds, by position; it was verified, so that each of them is one. */
function textsIn(proof: string): ReadonlyMap<number, string> {
  const { entries } = JSON.parse(proof) as { readonly entries: readonly string[] };
  return new Map(entries.map((text) => [readEntry(text).seq, text]));
}
