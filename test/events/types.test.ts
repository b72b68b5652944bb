import {
  batchDecided,
  decisionApproved,
  decisionAutoApproved,
  decisionRejected,
  executionExecuted,
  proposalCreated,
  recordChanged,
} from '@sealtrail/events';
import { expect, it } from 'vitest';
import { agent, refusal, system, targets, user } from './samples.ts';

// Each call is refused twice: by the compiler, which the expected errors hold it to, and at run time.
it('what an event refuses does not compile either', () => {
  const proposal = { proposal: 'p', action: 't', targets, args: {}, rationale: null, confidence: null };
  const refused = [
    // @ts-expect-error an agent approves nothing
    () => decisionApproved({ proposal: 'p', actor: agent, targets }),
    // @ts-expect-error nor does it reject
    () => decisionRejected({ proposal: 'p', actor: agent, targets }),
    // @ts-expect-error nor does it decide in bulk
    () => batchDecided({ batch: 'b', actor: agent, decision: 'approved', proposals: ['p'] }),
    // @ts-expect-error a person signed in somehow
    () => decisionApproved({ proposal: 'p', actor: { type: 'user', id: 'u' }, targets }),
    // @ts-expect-error a proposal has a rationale, or says that it has none
    () => proposalCreated({ proposal: 'p', actor: agent, action: 't', targets, args: {}, confidence: 1 }),
    // @ts-expect-error and a confidence, or none
    () => proposalCreated({ proposal: 'p', actor: agent, action: 't', targets, args: {}, rationale: 'r' }),
    // @ts-expect-error a person proposes nothing
    () => proposalCreated({ ...proposal, actor: user }),
    // @ts-expect-error a rule is software
    () => decisionAutoApproved({ proposal: 'p', actor: user, targets, policy: 'x' }),
    // @ts-expect-error whether it was approved is said
    () => executionExecuted({ proposal: 'p', actor: system, action: 't', targets }),
    // @ts-expect-error a misspelt field
    () => decisionApproved({ proposal: 'p', actor: user, targets, reasn: 'x' }),
    // @ts-expect-error the value before is recorded
    () => recordChanged({ change: 'c', actor: user, target: { type: 'd', id: '1' }, fields: [], after: 1 }),
  ];
  for (const call of refused) expect(refusal(call)?.code, call.toString()).toBe('draft_invalid');
});
