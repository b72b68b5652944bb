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
  proposalCreated,
  proposalExpired,
  proposalPresented,
  proposalSuperseded,
  recordChanged,
} from '@sealtrail/events';
import { type EntryDraft, ZERO_HASH } from '@sealtrail/format';
import type { Filter } from '@sealtrail/views';
import fc from 'fast-check';

// Logs out of few names, so that much happens to each of them; in any order, as other writers may append.

export const PROPOSALS = ['p-1', 'p-2', 'p-3', 'p:4', 'p-5'];
const AGENTS = ['sales-assistant', 'ömer/agent', 'a:b'];
const USERS = ['u-17', 'u-18', 'u:17/x'];
const ACTIONS = ['update_contact', 'send mail', 'a/b:c'];
const TRACES = ['t-1', 't-2'];
const RECORDS = [
  { type: 'contact', id: 'c-104' },
  { type: 'contact', id: 'c/104' },
  { type: 'deal', id: 'c-104' },
];
const BATCHES = ['b-1', 'b-2'];
const MODES = ['individual', 'bulk', 'edit', 'policy', 'grant'];
/** Long over and far ahead, so that decisions are late or in time whatever the clock says. */
const EXPIRIES = ['2001-01-01T00:00:00.000Z', '9000-01-01T00:00:00.000Z', undefined];
const OUTCOMES = [
  'approved',
  'edited',
  'rejected',
  'auto_approved',
  'auto_denied',
  'stale',
  'expired',
  'superseded',
  'executed',
  'failed',
  'not_executed',
  'args_mismatch',
] as const;

const one = <T>(values: readonly T[]) => fc.constantFrom(...values);
const some = <T>(values: readonly T[]) => fc.option(one(values), { nil: undefined });

const common = fc.record({
  proposal: one(PROPOSALS),
  agent: one(AGENTS),
  version: some(['1', '2']),
  user: one(USERS),
  action: one(ACTIONS),
  trace: some(TRACES),
  conversation: some(['k-1', 'k-2']),
  targets: fc.subarray(RECORDS),
  expires_at: one(EXPIRIES),
  confidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
  approval: some(['required', 'not_required'] as const),
  batch: some(BATCHES),
  n: fc.nat(30),
});
type Common = typeof common extends fc.Arbitrary<infer T> ? T : never;

const system = { type: 'system', id: 'sweeper' } as const;
const agentOf = ({ agent, version }: Common) =>
  ({ type: 'agent', id: agent, ...(version === undefined ? {} : { agent_version: version }) }) as const;
const userOf = ({ user }: Common) => ({ type: 'user', id: user, auth_method: 'sso' }) as const;
const short = ({ n }: Common) => `n${n}`;

const KINDS: readonly ((c: Common) => EntryDraft)[] = [
  (c) =>
    proposalCreated({
      proposal: c.proposal,
      actor: agentOf(c),
      action: c.action,
      targets: c.targets,
      args: { phone: '1', name: 'x' },
      personal: ['phone'],
      rationale: 'r',
      confidence: c.confidence,
      approval: c.approval,
      conversation_id: c.conversation,
      trace_id: c.trace,
      expires_at: c.expires_at,
    }),
  (c) =>
    proposalPresented({
      proposal: c.proposal,
      presentation: short(c),
      actor: userOf(c),
      targets: c.targets,
      shown: 'text',
    }),
  (c) =>
    decisionApproved({
      proposal: c.proposal,
      actor: userOf(c),
      targets: c.targets,
      batch: c.batch === undefined ? undefined : { id: c.batch, size: 3 },
    }),
  (c) => decisionRejected({ proposal: c.proposal, actor: userOf(c), targets: c.targets, reason: 'no' }),
  (c) =>
    decisionEditedApproved({
      proposal: c.proposal,
      actor: userOf(c),
      targets: c.targets,
      original: { phone: '1', name: 'x' },
      final: { phone: '2', name: 'y' },
      personal: ['phone'],
      edited_fields: c.n % 2 === 0 ? ['name'] : ['name', 'phone'],
    }),
  (c) => decisionAutoApproved({ proposal: c.proposal, actor: system, targets: c.targets, policy: 'small' }),
  (c) => decisionAutoDenied({ proposal: c.proposal, actor: system, targets: c.targets, policy: 'night' }),
  (c) =>
    proposalExpired({
      proposal: c.proposal,
      actor: system,
      targets: c.targets,
      expires_at: '2001-01-01T00:00:00.000Z',
    }),
  (c) => proposalSuperseded({ proposal: c.proposal, actor: agentOf(c), targets: c.targets, by: 'p-9' }),
  (c) =>
    decisionStale({
      proposal: c.proposal,
      actor: userOf(c),
      targets: c.targets,
      click: short(c),
      decision: 'approved',
      decided_by: ZERO_HASH,
      batch: c.batch,
    }),
  (c) => executionStarted({ ...executing(c), attempt: short(c) }),
  (c) => executionExecuted({ ...executing(c), approval: 'decided', result: 'done' }),
  (c) => executionFailed({ ...executing(c), approval: 'decided', result: 'oops' }),
  (c) => {
    const { proposal, ...rest } = executing(c);
    return executionExecuted({ ...rest, execution: `x-${c.n}`, approval: 'not_required' });
  },
  (c) => executionNotExecuted({ ...executing(c), attempt: short(c), reason: 'pending' }),
  (c) => executionArgsMismatch({ ...executing(c), attempt: short(c) }),
  (c) =>
    recordChanged({
      change: `w-${c.n}`,
      actor: system,
      target: RECORDS[c.n % RECORDS.length] as (typeof RECORDS)[0],
      fields: ['phone'],
      before: { phone: '1' },
      after: { phone: '2' },
      proposal: c.n % 3 === 0 ? undefined : c.proposal,
    }),
  (c) =>
    batchDecided({
      batch: c.batch ?? 'b-3',
      actor: userOf(c),
      decision: 'approved',
      proposals: [c.proposal],
    }),
];

function executing(c: Common) {
  return {
    proposal: c.proposal,
    actor: agentOf(c),
    action: c.action,
    targets: c.targets,
    trace_id: c.trace,
  };
}

/** Anything, from somebody who never saw our types; under ids that mean something to us, too. */
const foreign: fc.Arbitrary<EntryDraft> = fc.record(
  {
    id: fc
      .tuple(one(PROPOSALS), one(['created', 'decision', 'started', 'execution', 'note']))
      .map((parts) => parts.join(':')),
    type: one([
      'note.made',
      'proposal.created',
      'decision.approved',
      'execution.executed',
      'record.changed',
      'proposal.presented',
    ]),
    actor: one([
      { type: 'user', id: 'u-17' },
      { type: 'api_token', id: 'sales-assistant' },
      { type: 'agent', id: 'sales-assistant' },
    ] as const),
    targets: fc.subarray(RECORDS),
    data: fc.dictionary(
      one([
        'proposal',
        'action',
        'confidence',
        'mode',
        'trace_id',
        'conversation_id',
        'batch',
        'edited_fields',
        'expires_at',
        'approval',
        'fields',
      ]),
      fc.oneof(
        one([...PROPOSALS, ...ACTIONS, ...TRACES, ...BATCHES, ...MODES, '', '\u0000', 'x'.repeat(3_000)]),
        one<number>([0.5, -3, 1e300]),
        one<readonly unknown[] | object | null | boolean>([null, true, [], ['name', 7, null], { a: {} }]),
      ),
    ),
  },
  { noNullPrototype: true },
) as fc.Arbitrary<EntryDraft>;

const draft: fc.Arbitrary<EntryDraft> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(one(KINDS), common).map(([make, c]) => make(c)) },
  { weight: 1, arbitrary: foreign },
);

/** Drafts with ids of their own: of two with the same, a log would take the first. */
export const randomLog = (length: {
  readonly minLength: number;
  readonly maxLength: number;
}): fc.Arbitrary<EntryDraft[]> =>
  fc
    .array(draft, { ...length, size: 'max' })
    .map((all) => [...new Map(all.toReversed().map((each) => [each.id, each])).values()].reverse());

const TYPES = ['proposal.created', 'decision.approved', 'execution.executed', 'record.changed', 'note.made'];
const confidence = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });

/** @param times times of entries, to search by */
export function randomFilter(times: readonly string[]): fc.Arbitrary<Filter> {
  const conditions: readonly fc.Arbitrary<Filter>[] = [
    fc.record({ record: one(RECORDS) }),
    fc.record({ proposal: one(PROPOSALS) }),
    fc.record({ actor: fc.record({ type: one(['user'] as const), id: one(USERS) }) }),
    fc.record({ actor: fc.record({ type: one(['agent'] as const), id: one(AGENTS) }) }),
    fc.record({ agent: one(AGENTS) }),
    fc.record({ action: one(ACTIONS) }),
    fc.record({ type: one(TYPES) }),
    fc.record({ mode: one(MODES) }),
    fc.record({ outcome: one(OUTCOMES) }),
    fc.record({ confidence: fc.record({ min: confidence, max: confidence }) }),
    fc.record({ trace: one(TRACES) }),
    fc.record({ conversation: one(['k-1', 'k-2']) }),
    fc.record({ batch: one(BATCHES) }),
    fc.record({ from: fc.nat(40), to: fc.nat(40) }),
    fc.record({ since: one(times) }),
    fc.record({ until: one([...times, '9999-01-01T00:00:00.000Z']) }),
  ];
  // Of many conditions at once nothing is left.
  return fc
    .array(fc.oneof(...conditions), { minLength: 1, maxLength: 3 })
    .map((chosen) => Object.assign({}, ...chosen) as Filter);
}
