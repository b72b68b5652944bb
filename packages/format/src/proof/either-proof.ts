import type { EntryProof } from './entry-proof.ts';
import { HISTORY_PROOF_FORMAT, type HistoryProof } from './history-proof.ts';

/** Whether a proof is of a record's history; otherwise it is of one entry. */
export function isHistoryProof(proof: EntryProof | HistoryProof): proof is HistoryProof {
  return proof.format === HISTORY_PROOF_FORMAT;
}

/** Texts of the entries that a proof is of, in ascending order. */
export function provedTexts(proof: EntryProof | HistoryProof): readonly string[] {
  return isHistoryProof(proof) ? proof.entries : [proof.entry];
}
