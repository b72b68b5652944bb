import { isSealtrailError, type SealCheckpoint } from '@sealtrail/format';
import { acceptCheckpoint, type Checkpoint, type Policy } from '@sealtrail/tlog';
import { type Consistency, compareCheckpoints } from '../checkpoints/compare.ts';
import type { Relation } from '../checkpoints/report.ts';
import { isTimestampFault, verifyTimestamps } from '../checkpoints/timestamps.ts';
import { NO_CONSISTENCY } from '../checkpoints/verify-checkpoint.ts';
import type { NotChecked } from '../report.ts';
import { sinceWhen } from './proof-notes.ts';
import { brokenProof, type ProofReport } from './verify-proof.ts';

/** Whom whoever verifies believes, and what they know already. */
export interface VouchOptions {
  readonly policy: Policy;
  /** The checkpoint that was trusted last. */
  readonly last?: Checkpoint | undefined;
  readonly consistency?: Consistency | undefined;
  /** PEM of the time-stamping authorities that whoever verifies trusts. */
  readonly certificates?: string | undefined;
}

/** A proof's report with what needs more than the proof, and how its checkpoint stands to the one trusted last. */
export interface VouchedReport extends ProofReport {
  readonly relation: Relation | null;
}

/**
 * Goes on where a valid proof ends: verifies the time-stamps on its checkpoint, and holds the checkpoint against the one that was
 * trusted last. A checkpoint that is older but of the same history proves what it proves.
 */
export async function vouchFor(
  report: ProofReport,
  given: SealCheckpoint | undefined,
  { policy, last, consistency, certificates }: VouchOptions,
): Promise<VouchedReport> {
  if (report.status !== 'valid' || report.checkpoint === null || given === undefined)
    return { ...report, relation: null };
  const { seal } = report;
  const accepted = acceptCheckpoint(given.note, policy);
  const relation = await compareCheckpoints(last, accepted, consistency);
  if (relation === 'forked') {
    return {
      ...brokenProof(report, 'its checkpoint is of another history than the one trusted last'),
      relation,
    };
  }
  const notes = [...report.notChecked];
  if (relation === 'unproved') notes.push(NO_CONSISTENCY);
  if (relation === 'rolled_back' && last !== undefined) notes.push(olderThan(accepted.size, last.size));
  if (certificates === undefined) return { ...report, notChecked: notes, relation };
  try {
    const { note } = accepted;
    const { timestamps, unknown } = await verifyTimestamps(given.timestamps, note.text, certificates);
    const checkpoint = { ...report.checkpoint, timestamps };
    const said = timestamps.map(({ time, authority }) => `, time-stamped ${time} by ${authority}`).join('');
    const kept = notes.filter(({ code }) => code !== 'timestamps' && code !== 'since_when');
    const absent = unknown > 0 ? [ofOthers(unknown)] : timestamps.length === 0 ? [NO_TIMESTAMPS] : [];
    const notChecked = [...kept, ...absent, ...(seal === null ? [] : sinceWhen(seal.time, checkpoint))];
    return { ...report, checkpoint, summary: `${report.summary}${said}`, notChecked, relation };
  } catch (error) {
    if (!isSealtrailError(error) || !isTimestampFault(error)) throw error;
    return { ...brokenProof(report, error.message), relation };
  }
}

/** Somebody who shows an older state on purpose leaves out what came after it. */
function olderThan(size: number, trusted: number): NotChecked {
  return {
    code: 'newer_entries',
    message: `what came after checkpoint ${size}: you trust a newer one (${trusted}), ask for a proof under it`,
  };
}

/** Anybody can be an authority, and add a time-stamp of his own: it says nothing, for or against the proof. */
function ofOthers(unknown: number): NotChecked {
  const n =
    unknown === 1
      ? 'one time-stamp in the proof: its authority is'
      : `${unknown} time-stamps in the proof: their authorities are`;
  return { code: 'timestamps', message: `${n} not among those whose certificates you gave` };
}

/** Whoever gives certificates asks for a time-stamp; one who would rather not show it leaves it out. */
const NO_TIMESTAMPS: NotChecked = {
  code: 'timestamps',
  message: 'what time-stamping authorities say: there is no time-stamp in the proof',
};
