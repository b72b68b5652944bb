import {
  createdId,
  decisionId,
  executionId,
  type Facts,
  factsOf,
  isId,
  type ProposalState,
  type ProposalStatus,
  proposalState,
  startedId,
} from '@sealtrail/events';
import {
  type Entry,
  FORMAT_VERSION,
  type Hash,
  isTime,
  type Recorded,
  SealtrailError,
  type Target,
  ZERO_HASH,
} from '@sealtrail/format';
import { z } from 'zod';
import { type Outcome, outcomeOf } from './outcome.ts';

/** An entry that a proposal's state rests on. */
interface Step {
  readonly seq: number;
  readonly hash: Hash;
  readonly time: string;
  readonly type: string;
  readonly rests: Pick<Facts, 'proposal_hash' | 'allowed_by'>;
}

interface CreatedStep extends Step {
  readonly agent?: string;
  readonly agent_version?: string;
  readonly facts: Pick<
    Facts,
    'action' | 'confidence' | 'confidence_source' | 'approval' | 'expires_at' | 'conversation' | 'trace'
  >;
  readonly targets: readonly Target[];
}

interface DecidedStep extends Step {
  /** The person who decided; absent when no person did. */
  readonly person?: string;
  readonly facts: Pick<Facts, 'mode' | 'batch' | 'batch_size' | 'edited_fields'>;
}

/** What the index holds about one proposal: positions, times and facts in the clear, nothing sealed. */
export interface ProposalRow {
  readonly proposal: string;
  readonly created?: CreatedStep;
  /** When the proposal was first put before a person. */
  readonly presented_time?: string;
  readonly decided?: DecidedStep;
  readonly started?: Step;
  readonly executed?: Step;
  /** Absent until the proposal is in the log. */
  readonly status?: ProposalStatus;
  /** What ended the waiting; `expired` also for a decision that came too late. */
  readonly outcome?: Outcome;
}

const step = z.looseObject({
  seq: z.number(),
  hash: z.string(),
  time: z.string(),
  type: z.string(),
  rests: z.looseObject({}),
});
const facts = z.looseObject({ edited_fields: z.array(z.string()).optional() });
const kept = z.looseObject({
  proposal: z.string(),
  created: step.extend({ facts, targets: z.array(z.unknown()) }).optional(),
  presented_time: z.string().optional(),
  decided: step.extend({ facts }).optional(),
  started: step.optional(),
  executed: step.optional(),
});

/**
 * A row out of the JSON that an index keeps.
 *
 * @throws SealtrailError `store_layout` for what no index wrote
 */
export function keptRow(json: string): ProposalRow {
  try {
    return kept.parse(JSON.parse(json)) as unknown as ProposalRow;
  } catch (cause) {
    throw notWritten(cause);
  }
}

/** The error of a row that no index wrote. */
export function notWritten(cause?: unknown): SealtrailError {
  const message = 'the index of views has a row that it did not write: drop the index, and it is built again';
  return new SealtrailError('store_layout', message, {}, cause === undefined ? undefined : { cause });
}

const STEPS = [
  ['created', createdId],
  ['decided', decisionId],
  ['started', startedId],
  ['executed', executionId],
] as const;

type StepName = (typeof STEPS)[number][0];

/** The step that an entry is by its id, and of which proposal. */
export function stepOf({ id }: Entry): { readonly step: StepName; readonly proposal: string } | undefined {
  const proposal = id.slice(0, Math.max(0, id.lastIndexOf(':')));
  const found = isId(proposal) ? STEPS.find(([, idOf]) => idOf(proposal) === id) : undefined;
  return found === undefined ? undefined : { step: found[0], proposal };
}

/** Proposals that an entry may say something about: the one that its data names, and the one that its id belongs to. */
export function proposalsOf(entry: Entry): string[] {
  const named = factsOf(entry).proposal;
  const own = stepOf(entry)?.proposal;
  return [...new Set([named, own].filter((one) => one !== undefined))];
}

/** The row after one more entry; the same row when the entry changes nothing about it. */
export function withEntry(row: ProposalRow, entry: Entry, hash: Hash): ProposalRow {
  const own = stepOf(entry);
  if (own?.proposal === row.proposal)
    return withState({ ...row, [own.step]: stepFrom(own.step, entry, hash) });
  const isFirstShowing = entry.type === 'proposal.presented' && row.presented_time === undefined;
  if (isFirstShowing && factsOf(entry).proposal === row.proposal)
    return { ...row, presented_time: entry.time };
  return row;
}

function stepFrom(step: StepName, entry: Entry, hash: Hash): Step | CreatedStep | DecidedStep {
  const { seq, time, type, actor, targets } = entry;
  const facts = factsOf(entry);
  const { proposal_hash, allowed_by } = facts;
  const common = { seq, hash, time, type, rests: given({ proposal_hash, allowed_by }) };
  if (step === 'created') {
    const { action, confidence, confidence_source, approval, expires_at, conversation, trace } = facts;
    const isAgent = actor.type === 'agent';
    return {
      ...common,
      ...(isAgent ? { agent: actor.id } : {}),
      ...(isAgent && actor.agent_version !== undefined ? { agent_version: actor.agent_version } : {}),
      facts: given({ action, confidence, confidence_source, approval, expires_at, conversation, trace }),
      targets,
    };
  }
  if (step !== 'decided') return common;
  const { mode, batch, batch_size, edited_fields } = facts;
  return {
    ...common,
    ...(actor.type === 'user' ? { person: actor.id } : {}),
    facts: given({ mode, batch, batch_size, edited_fields }),
  };
}

function withState(row: ProposalRow): ProposalRow {
  const { status: _, outcome: __, ...steps } = row;
  const state = stateOf(steps);
  if (state === undefined) return steps;
  if (state.decision === undefined) {
    // Whatever has the id of a decision: the rule knows it for none.
    const { decided: _, ...undecided } = steps;
    return { ...undecided, status: state.status };
  }
  const outcome = state.late ? 'expired' : outcomeOf(state.decision.entry.type);
  return { ...steps, status: state.status, ...(outcome === undefined ? {} : { outcome }) };
}

/** The one rule, asked about the entries as far as the row remembers them. */
function stateOf(row: ProposalRow): ProposalState | undefined {
  const { proposal } = row;
  return proposalState(proposal, (id) => {
    const found = STEPS.find(([, idOf]) => idOf(proposal) === id);
    const step = found && row[found[0]];
    return step && remembered(id, step, row);
  });
}

/** What the rule looks at: position, hash, type, time, what an entry rests on, and the proposal's own terms. */
function remembered(id: string, { seq, hash, time, type, rests }: Step, { created }: ProposalRow): Recorded {
  const entry: Entry = {
    v: FORMAT_VERSION,
    tenant: '',
    seq,
    prev: ZERO_HASH,
    time,
    id,
    type,
    actor: { type: 'system', id: '' },
    targets: [],
    data: given({ ...rests, approval: created?.facts.approval, expires_at: created?.facts.expires_at }),
    sealed: {},
  };
  return { entry, hash, openings: {} };
}

function given<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

/** Until when a proposal waits: only while it is pending, and only if what it says is a time. */
export function dueAt({ status, created }: ProposalRow): string | undefined {
  const until = created?.facts.expires_at;
  return status === 'pending' && isTime(until) ? until : undefined;
}
