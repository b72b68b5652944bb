import {
  batchDecided,
  decisionApproved,
  decisionAutoApproved,
  decisionAutoDenied,
  decisionEditedApproved,
  decisionRejected,
  decisionStale,
  executionArgsMismatch,
  executionExecuted,
  executionFailed,
  executionNotExecuted,
  executionStarted,
  grantCreated,
  grantRevoked,
  proposalCreated,
  proposalExpired,
  proposalPresented,
  proposalSuperseded,
  recordChanged,
} from '@sealtrail/events';
import type { EntryDraft } from '@sealtrail/store';

const agent = {
  type: 'agent',
  id: 'assistant',
  agent_version: '2.1',
  model: 'example-1',
  prompt_hash: 'a'.repeat(64),
  session_id: 's-9',
  on_behalf_of: { type: 'user', id: 'u-1' },
} as const;
const user = { type: 'user', id: 'u-1', auth_method: 'sso', role: 'manager', session_id: 's-1' } as const;
const system = { type: 'system', id: 'sweeper' } as const;
const hash = 'b'.repeat(64);
const time = '2099-04-01T09:30:00.000Z';
const targets = [
  { type: 'deal', id: 'd-1' },
  { type: 'contact', id: 'c-7' },
];
const traced = { tool_call_id: 'call-1', conversation_id: 'conv-1', trace_id: 'trace-1' };
const args = { percent: 12, note: 'SECRET argument', name: 'SECRET person' };
const begun = { actor: system, action: 'set_discount', targets, args, personal: ['name'], ...traced };

/** One entry of every type that the SDK can write, by the name of the constructor that makes it. */
export const SAMPLES: Readonly<Record<string, EntryDraft>> = {
  proposalCreated: proposalCreated({
    proposal: 'p-1',
    actor: agent,
    action: 'set_discount',
    targets,
    args,
    personal: ['name'],
    rationale: 'SECRET rationale "quoted",\r\nsecond line',
    confidence: 0.82,
    confidence_source: 'self_reported',
    evidence: ['SECRET mail'],
    risk: 'high',
    expires_at: time,
    facts: { region: 'eu', formula: '=HYPERLINK("http://example.com")' },
    ...traced,
  }),
  proposalPresented: proposalPresented({
    proposal: 'p-1',
    presentation: 'show-1',
    actor: user,
    targets,
    shown: 'SECRET form',
    channel: 'inbox',
  }),
  proposalExpired: proposalExpired({ proposal: 'p-2', actor: system, targets, expires_at: time }),
  proposalSuperseded: proposalSuperseded({ proposal: 'p-3', actor: agent, targets, by: 'p-1' }),
  decisionApproved: decisionApproved({
    proposal: 'p-4',
    proposal_hash: hash,
    actor: user,
    targets,
    reason: 'SECRET reason',
    batch: { id: 'b-1', size: 2 },
  }),
  decisionRejected: decisionRejected({ proposal: 'p-5', actor: user, targets }),
  decisionEditedApproved: decisionEditedApproved({
    proposal: 'p-1',
    actor: user,
    targets,
    original: args,
    final: { ...args, percent: 10, name: 'SECRET other person' },
    personal: ['name'],
    edited_fields: ['percent'],
  }),
  decisionAutoApproved: decisionAutoApproved({ proposal: 'p-6', actor: system, targets, grant: 'g-1' }),
  decisionAutoDenied: decisionAutoDenied({ proposal: 'p-7', actor: system, targets, policy: 'too-much' }),
  decisionStale: decisionStale({
    proposal: 'p-1',
    actor: user,
    targets,
    click: 'k-1',
    decision: 'rejected',
    decided_by: hash,
  }),
  batchDecided: batchDecided({ batch: 'b-1', actor: user, decision: 'approved', proposals: ['p-4', 'p-8'] }),
  executionStarted: executionStarted({ ...begun, proposal: 'p-1', attempt: 'a-1', allowed_by: hash }),
  executionExecuted: executionExecuted({
    ...begun,
    actor: agent,
    proposal: 'p-1',
    result: 'SECRET result',
    approval: 'decided',
  }),
  executionFailed: executionFailed({
    ...begun,
    execution: 'x-1',
    result: { error: 'SECRET failure' },
    approval: 'not_required',
  }),
  executionNotExecuted: executionNotExecuted({
    ...begun,
    proposal: 'p-5',
    attempt: 'a-2',
    reason: 'rejected',
  }),
  executionArgsMismatch: executionArgsMismatch({ ...begun, proposal: 'p-1', attempt: 'a-3' }),
  recordChanged: recordChanged({
    change: 'w-1',
    actor: { type: 'user', id: 'u-2', auth_method: 'sso' },
    target: { type: 'deal', id: 'd-1' },
    fields: ['percent'],
    before: { percent: 'SECRET before' },
    after: { percent: 12 },
  }),
  grantCreated: grantCreated({
    grant: 'g-1',
    actor: user,
    agent: 'assistant',
    action: 'set_discount',
    reason: 'SECRET trust',
  }),
  grantRevoked: grantRevoked({ grant: 'g-1', actor: user }),
};

/** Entries of other writers: unknown types, known types with unexpected members, and text that means harm. */
export const FOREIGN: readonly EntryDraft[] = [
  { id: 'foreign-1', type: 'log.viewed', actor: { type: 'api_token', id: '=1+1' } },
  {
    id: 'foreign-2',
    type: 'crm.note.added',
    actor: { type: 'system', id: '@SUM(A1)', model: 'm', agent_version: '1', on_behalf_of: user2() },
    targets: [
      { type: 'note', id: "=cmd|' /C calc'!A0" },
      { type: 'deal', id: 'a,"b";c' },
    ],
    data: { action: '\t=1+1', proposal: 7, risk: '-2+3', mode: '\r\n"', conversation_id: 'conv-2', list: [] },
    sealed: { note: 'SECRET note', empty: null, n: 90210777 },
  },
  {
    id: 'foreign-3',
    type: 'proposal.created',
    actor: { type: 'agent', id: '+agent', on_behalf_of: { type: 'agent', id: 'boss' } },
    targets: [{ type: 'odd', id: 'non\ufffecharacter' }],
    data: { proposal: 'not an id', action: 12, grant: ['x'], trace_id: "'already" },
  },
  {
    id: 'foreign-4',
    type: 'execution.executed',
    actor: { type: 'user', id: '＝full', on_behalf_of: { type: 'user', id: 'u-3' } },
    data: { confidence: 0.5, ['__proto__']: 'own' },
  },
];

function user2() {
  return { type: 'user', id: 'u-2' } as const;
}

/** Texts that are in sealed values of the samples and nowhere else. */
export const SECRET = /SECRET|90210777/;
