import { decisionAutoDenied, type ProposalStatus } from '@sealtrail/events';
import { type EntryDraft, isSealtrailError, type JsonValue } from '@sealtrail/format';
import type { Action } from '../action.ts';
import { askPolicies } from './auto.ts';
import type { Context } from './context.ts';

/**
 * What is known of a proposal that waits in the spool. Policies need no log to deny. What they approve is approved when the
 * log is back: an approval that lay in a file is none.
 */
export async function proposedAway(
  context: Context,
  proposal: string,
  draft: EntryDraft,
  action: Action,
  input: JsonValue,
): Promise<ProposalStatus> {
  const { ledger, away, system } = context;
  const known = away?.known(proposal);
  if (known !== undefined && !known.decided && !known.taken) {
    const ruled = await askPolicies(context, proposal, draft, action, input);
    if (ruled?.verdict === 'deny') {
      const { policy, policy_version } = ruled;
      const said = { proposal, actor: system, targets: [...(draft.targets ?? [])], policy, policy_version };
      await ledger.record([decisionAutoDenied(said)]).catch((error: unknown) => {
        // Somebody decided in the meantime: the first decision counts.
        if (!isSealtrailError(error, 'id_conflict')) throw error;
      });
    }
  }
  return away?.known(proposal)?.status ?? 'pending';
}
