import type { EntryProof, HistoryProof, Seal } from '@sealtrail/format';
import type { Vouched } from '../checkpoints/report.ts';
import { splitViewNote } from '../checkpoints/verify-checkpoint.ts';
import type { NotChecked } from '../report.ts';
import type { ProofTrust } from './verify-proof.ts';

/** What a proof that holds leaves open. */
export function proofNotes(
  proof: EntryProof | HistoryProof,
  { seal, policy }: ProofTrust,
  checkpoint: Vouched | null,
  sealed: Seal,
): NotChecked[] {
  const notes: NotChecked[] = [BUILT];
  if (policy === undefined && seal === undefined) notes.push(NO_SEAL);
  if (policy === undefined && proof.checkpoint !== undefined) notes.push(NO_KEY);
  if (policy !== undefined && checkpoint !== null) notes.push(...splitViewNote(policy, checkpoint));
  if ((proof.checkpoint?.timestamps.length ?? 0) > 0) notes.push(NO_CERTIFICATES);
  if (checkpoint !== null) notes.push(...sinceWhen(sealed.time, checkpoint));
  return notes;
}

/**
 * Leaves stand in a tree, and none stands between two neighbours: that is shown of the trees that were sealed. Who builds them could
 * leave an entry out, or put two logs of one tenant into one directory; the entries of the store then give other roots.
 */
const BUILT: NotChecked = {
  code: 'built',
  message:
    'whether the trees under the seal were built over all of the log, and over one log: whoever verifies the store sees that',
};

const NO_KEY: NotChecked = {
  code: 'checkpoint_key',
  message:
    'the checkpoint in the proof: say whose checkpoints you believe, with a key or a policy of your own',
};

/** The report of whoever verified them says so instead. */
const NO_CERTIFICATES: NotChecked = {
  code: 'timestamps',
  message: 'the time-stamps in the proof: give the certificates of the authorities that you believe',
};

const NO_SEAL: NotChecked = {
  code: 'outside_witness',
  message:
    'whether the seal in the proof is the one that everybody else sees: give a seal that you noted elsewhere',
};

/** How much later than the seal's own time somebody else may have seen it before that is worth a word. */
const LATE_MS = 86_400_000;

/** Times in the log are the operator's word: it could have made an old-looking log today. */
export function sinceWhen(sealTime: string, { witnessedBy, timestamps }: Vouched): NotChecked[] {
  const seen = [...witnessedBy, ...timestamps].map(({ time }) => time).sort()[0];
  if (seen === undefined || Date.parse(seen) - Date.parse(sealTime) <= LATE_MS) return [];
  return [
    {
      code: 'since_when',
      message: `whether the seal is as old as it says (${sealTime}): nobody else says to have seen this checkpoint before ${seen}`,
    },
  ];
}
