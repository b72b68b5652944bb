import type { ProposalState, ProposalStatus } from '@sealtrail/events';
import { SealtrailError } from '@sealtrail/format';
import type { ModelMessage } from 'ai';
import type { Action } from '../../action.ts';
import { checkList } from '../../arguments.ts';
import type { DecideOptions } from '../../trail/decide.ts';
import { refuseUnknown } from '../../trail/members.ts';
import type { Trail } from '../../trail/trail.ts';
import type { Actions } from '../shared/actions.ts';
import { decideAnswers, type Refused } from '../shared/answers.ts';
import { batchOf, clickOf } from '../shared/call-id.ts';
import { refuseChanged } from '../shared/changed-call.ts';
import { takeReasons } from '../shared/reasons.ts';
import { type ApprovalRequest, answersIn, callsOf } from './approvals.ts';

/** What goes with the answers in a history. Their reasons are in it. */
export type Click = Omit<DecideOptions, 'reason'>;

/** What became of one answer. */
export interface DecideOutcome {
  readonly approvalId: string;
  readonly proposal: string;
  readonly status: ProposalStatus;
  /** Why the answer had no effect, if it had none. */
  readonly refused?: Refused;
}

/** What the answers are about. */
export interface Audited {
  readonly trail: Trail;
  readonly actions: Actions;
  /** The proposal of the call that a request is about. */
  stateOf(messages: readonly ModelMessage[], request: ApprovalRequest): Promise<ProposalState>;
}

/** Records the answers in a history; see `ToolAudit.decide`. */
export async function decide(
  { trail, actions, stateOf }: Audited,
  messages: readonly ModelMessage[],
  click: Click,
): Promise<DecideOutcome[]> {
  checkList('decide', 'a list of messages', messages);
  refuseUnknown('decide', click, ['by', 'presentation', 'channel', 'click']);
  const audited = answersIn(messages).filter(({ toolName }) => actions.has(toolName));
  const answers = [];
  for (const answer of audited) {
    const state = await stateOf(messages, answer);
    // A history keeps old answers: those that are in the log are done. One that came late stays in the history for ever, so
    // it is a click of its own and not a part of a bulk one, which would be another one with each new answer.
    const late = trail.isDue(state) || state.decision?.entry.type === 'proposal.expired';
    if (!late && state.status !== 'pending') continue;
    for (const { input } of callsOf(messages, answer)) {
      refuseChanged(state, actions.get(answer.toolName) as Action, takeReasons(input).input);
    }
    const { approved, reason } = answer;
    const said = { approved, ...(reason === undefined ? {} : { reason }) };
    answers.push({ ...answer, proposal: state.proposal, said, plain: !late && reason === undefined });
  }
  refuseSharedShowing(answers, click);
  const id = click.click;
  const refused = await decideAnswers(trail, answers, {
    by: click.by,
    channel: click.channel,
    batch: (decision, ids) => `${batchOf(click.by.id, decision, ...ids)}${id === undefined ? '' : `.${id}`}`,
    decide: ({ proposal, approved, reason, approvalId }) => {
      const own = { ...click, reason, click: id ?? clickOf(click.by.id, approvalId) };
      return approved ? trail.approve(proposal, own) : trail.reject(proposal, own);
    },
  });
  return Promise.all(
    answers.map(async ({ approvalId, proposal }, i) => {
      const why = refused[i];
      const { status } = await trail.state(proposal);
      return { approvalId, proposal, status, ...(why === undefined ? {} : { refused: why }) };
    }),
  );
}

/** What was shown of one call says nothing of what somebody knew of another one. */
function refuseSharedShowing(
  answers: readonly { readonly proposal: string }[],
  { presentation }: Click,
): void {
  const { size } = new Set(answers.map(({ proposal }) => proposal));
  if (presentation === undefined || size < 2) return;
  throw new SealtrailError('draft_invalid', `a presentation is of one call, and ${size} were answered`);
}
