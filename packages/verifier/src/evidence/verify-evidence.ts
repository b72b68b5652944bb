import type { Evidence } from '@sealtrail/format';
import { type ProofReport, type ProofTrust, verifyParsedProof } from '../proofs/verify-proof.ts';
import { checkDisclosed } from './disclosed.ts';

/**
 * Verifies what an evidence bundle holds, which is attacker-controlled: the proof in it, and every value that it discloses. Whom
 * to believe never comes from the bundle.
 */
export function verifyEvidence(evidence: Evidence, trust: ProofTrust = {}): ProofReport {
  const report = verifyParsedProof(evidence.proof, trust, () => checkDisclosed(evidence));
  if (report.status !== 'valid' || report.tenant === evidence.tenant) return report;
  // The header is not proved: that of an entry's proof could name another tenant than the entry.
  return {
    ...report,
    status: 'broken',
    summary: `proof broken: the evidence is said to be of ${evidence.tenant}, but its entry is of ${report.tenant}`,
  };
}
