import { isSealtrailError, type SealtrailError } from '@sealtrail/format';
import { type AcceptedCheckpoint, acceptCheckpoint, type Checkpoint, type Policy } from '@sealtrail/tlog';
import type { NotChecked, Status } from '../report.ts';
import { type Consistency, compareCheckpoints } from './compare.ts';
import { type CheckpointReport, describeVouched, type Relation, type Vouched, vouched } from './report.ts';

/** What whoever verifies a checkpoint believes, and knows already. */
export interface CheckpointOptions {
  /** Whom whoever verifies believes. Never from the log itself. */
  readonly policy: Policy;
  /** The checkpoint that was trusted last. */
  readonly last?: Checkpoint | undefined;
  /** Where proofs between sizes come from, such as the log's tiles. */
  readonly consistency?: Consistency | undefined;
}

const VERDICTS: Readonly<Record<Relation, { readonly status: Status; readonly words: string }>> = {
  first_seen: { status: 'valid', words: 'checkpoint accepted: the first one seen of this log' },
  unchanged: { status: 'valid', words: 'checkpoint unchanged: the one that was trusted last' },
  extended: {
    status: 'valid',
    words: 'checkpoint extended: everything that was trusted last is still there',
  },
  rolled_back: {
    status: 'broken',
    words: 'checkpoint rolled back: an older state is shown than the one trusted last',
  },
  forked: {
    status: 'broken',
    words: 'checkpoint forked: it is of another history than the one trusted last',
  },
  unproved: { status: 'unverifiable', words: 'checkpoint not shown to extend the one trusted last' },
};

/** The codes of a checkpoint that nobody who is trusted stands behind. */
const REFUSALS = ['note_malformed', 'checkpoint_malformed', 'note_unverified', 'policy_unmet'] as const;

/**
 * Verifies a signed checkpoint, which is attacker-controlled: its signatures, its witnesses, and that it extends the one that was
 * trusted last.
 */
export async function verifyCheckpoint(note: string, options: CheckpointOptions): Promise<CheckpointReport> {
  const { policy, last, consistency } = options;
  let accepted: AcceptedCheckpoint;
  try {
    accepted = acceptCheckpoint(note, policy);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return {
      format: 'sealtrail-checkpoint-report/1',
      status: 'broken',
      relation: null,
      checkpoint: null,
      previous: previousOf(last),
      summary: `checkpoint refused: ${error.message}`,
      notChecked: [],
    };
  }
  const relation = await compareCheckpoints(last, accepted, consistency);
  const checkpoint = vouched(accepted);
  const { status, words } = VERDICTS[relation];
  return {
    format: 'sealtrail-checkpoint-report/1',
    status,
    relation,
    checkpoint,
    previous: previousOf(last),
    summary: `${words}; ${describeVouched(checkpoint)}`,
    notChecked: relation === 'unproved' ? [NO_CONSISTENCY] : splitViewNote(policy, checkpoint),
  };
}

/** Why an older and a newer checkpoint were not compared. */
export const NO_CONSISTENCY: NotChecked = {
  code: 'consistency',
  message:
    'whether the log only grew since: its tiles could not be read, or are not those under the checkpoint',
};

/** Without witnesses two people can be shown two histories, each of which only ever grows. */
export function splitViewNote(policy: Policy, checkpoint: Vouched): NotChecked[] {
  if (policy.quorum !== undefined || checkpoint.witnessedBy.length > 0) return [];
  return [
    {
      code: 'witnesses',
      message:
        'whether everybody is shown the same history: the policy asks for no witness, compare with others',
    },
  ];
}

function isRefusal(error: unknown): error is SealtrailError {
  return REFUSALS.some((code) => isSealtrailError(error, code));
}

function previousOf(last: Checkpoint | undefined): CheckpointReport['previous'] {
  return last === undefined ? null : { size: last.size, root: last.root };
}
