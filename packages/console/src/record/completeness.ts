import { type ProofReport, verifyProof } from '@sealtrail/verifier/stream';

interface Shown {
  readonly seq: number;
  readonly hash: string;
}

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
 * better for a good proof beside it.
 *
 * @param shown all entries of the history, or as many as are `loaded`
 * @throws SealtrailError `proof_malformed`
 */
export function completenessOf(
  text: string,
  about: { readonly tenant: string; readonly type: string; readonly id: string },
  shown: readonly Shown[],
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
  const sealed = shown.filter(({ seq }) => seq < covered);
  for (const { seq, hash } of sealed) {
    if (proved.get(seq) !== hash)
      differences.push(`Entry ${seq} is shown, but the proof does not have it so.`);
  }
  const seen = new Set(shown.map(({ seq }) => seq));
  const end = loaded === 'all' ? Number.POSITIVE_INFINITY : (shown.at(-1)?.seq ?? -1);
  for (const seq of proved.keys()) {
    if (seq <= end && !seen.has(seq))
      differences.push(`Entry ${seq} is proved to touch the record, but is not shown.`);
  }
  return { report, differences, newer: shown.length - sealed.length };
}
