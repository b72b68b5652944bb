import type { Evidence } from '@sealtrail/format';
import { brokenProof, type ProofReport, type ProofTrust, verifyParsedProof } from '../proofs/verify-proof.ts';
import type { NotChecked } from '../report.ts';
import { checkDisclosed } from './disclosed.ts';

/**
 * Verifies what an evidence bundle holds, which is attacker-controlled: the proof in it, and every value that it discloses. Whom
 * to believe never comes from the bundle.
 */
export function verifyEvidence(evidence: Evidence, trust: ProofTrust = {}): ProofReport {
  const report = verifyParsedProof(evidence.proof, trust, () => checkDisclosed(evidence));
  if (report.status !== 'valid') return report;
  if (report.tenant === evidence.tenant) return { ...report, notChecked: [...report.notChecked, SUMMARY] };
  // The header is not proved: that of an entry's proof could name another tenant than the entry.
  return brokenProof(
    report,
    `the evidence is said to be of ${evidence.tenant}, but its entry is of ${report.tenant}`,
  );
}

/** Whoever made the file wrote it: a reader may open the file with an editor, and take it for what was proved. */
const SUMMARY: NotChecked = {
  code: 'summary',
  message: 'the summary and the time inside the file are nobody’s word: go by this report',
};
