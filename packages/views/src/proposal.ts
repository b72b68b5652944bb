import {
  approvedArgs,
  factsOf,
  type ProposalState,
  type ProposalStatus,
  proposalState,
  proposedArgs,
  stateIds,
} from '@sealtrail/events';
import {
  type Actor,
  type Entry,
  isObject,
  type JsonValue,
  type Recorded,
  type Target,
} from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import { changeOf, type RecordChange } from './change.ts';
import { recordedFrom, type ViewEntry, viewEntry } from './entry.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { Found } from './query/entries.ts';

/** When, by whom, and by which entry something was recorded. */
interface Event {
  readonly seq: number;
  readonly time: string;
  readonly by: Actor;
}

/**
 * Everything that is recorded about one proposal. A member that was sealed is absent when its value is gone; one that was
 * never recorded is absent too: `missing` of the entry tells the two apart.
 */
export interface ProposalView {
  readonly proposal: string;
  readonly status: ProposalStatus;
  /** True when somebody decided after the time was up: the decision has no effect, and the status is `expired`. */
  readonly late: boolean;
  /** The agent, with its version, model and prompt as recorded. */
  readonly created: Event;
  readonly targets: readonly Target[];
  readonly action?: string;
  readonly confidence?: number;
  readonly confidence_source?: string;
  readonly risk?: string;
  readonly expires_at?: string;
  /** The arguments as proposed. */
  readonly args?: JsonValue;
  /** The agent's reason; null when it gave none. */
  readonly rationale?: JsonValue;
  readonly evidence?: JsonValue;
  /** Who was shown what, when. */
  readonly presentations: readonly (Event & { readonly shown?: JsonValue })[];
  readonly decision?: DecisionView;
  /** Clicks that came after the proposal had ended. */
  readonly stale: readonly (Event & { readonly wanted?: string; readonly reason?: JsonValue })[];
  /** Executions that were refused, and why. */
  readonly refused: readonly (Event & { readonly outcome: Outcome; readonly reason?: string })[];
  readonly started?: Event;
  readonly execution?: Event & { readonly outcome?: Outcome; readonly result?: JsonValue };
  /** Writes to records that name this proposal. */
  readonly changes: readonly (Event & RecordChange)[];
  /** The first 1,000 entries about the proposal, oldest first; everything above but the state itself is taken from these. */
  readonly entries: readonly ViewEntry[];
  /** Where `entries(tenant, { proposal }, { cursor, order: 'oldest' })` goes on, when there are more. */
  readonly next?: string;
}

export interface DecisionView extends Event {
  /** What the entry says: a decision that came too late is shown as it was made. */
  readonly outcome?: Outcome;
  readonly mode?: string;
  readonly batch?: string;
  readonly batch_size?: number;
  readonly reason?: JsonValue;
  /** RFC 6902 operations from the arguments as proposed to those approved, for an edit. */
  readonly patch?: JsonValue;
  readonly edited_fields?: readonly string[];
  /** The arguments as proposed and as approved, for an edit. */
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/**
 * The state of a proposal by its entries up to a position.
 *
 * @throws SealtrailError `log_broken`, `store_unavailable`
 */
export async function loadState(
  store: Store,
  tenant: string,
  proposal: string,
  through: number,
): Promise<ProposalState | undefined> {
  const rows = await store.findByIds(tenant, stateIds(proposal));
  return proposalState(proposal, (id) => {
    const row = rows.get(id);
    return row === undefined || row.seq > through ? undefined : recordedFrom(row);
  });
}

export function proposalView(state: ProposalState, { entries, next }: Found): ProposalView {
  const { proposal, status, late, created, decision, started, execution } = state;
  const { action, confidence, confidence_source, risk, expires_at } = factsOf(created.entry);
  const of = (...types: string[]) => entries.filter(({ entry }) => types.includes(entry.type));
  return given({
    proposal,
    status,
    late,
    created: event(created),
    targets: created.entry.targets,
    action,
    confidence,
    confidence_source,
    risk,
    expires_at,
    args: proposedArgs(state)?.args,
    rationale: value(created, 'rationale'),
    evidence: value(created, 'evidence'),
    presentations: of('proposal.presented').map((one) =>
      given({ ...event(one), shown: value(one, 'shown') }),
    ),
    decision: decision && decisionView(state, decision),
    stale: of('decision.stale').map((one) =>
      given({ ...event(one), wanted: text(one.entry, 'decision'), reason: value(one, 'reason') }),
    ),
    refused: of('execution.not_executed', 'execution.args_mismatch').map((one) =>
      given({
        ...event(one),
        outcome: outcomeOf(one.entry.type) as Outcome,
        reason: text(one.entry, 'reason'),
      }),
    ),
    started: started && event(started),
    execution:
      execution &&
      given({
        ...event(execution),
        outcome: outcomeOf(execution.entry.type),
        result: value(execution, 'result'),
      }),
    changes: entries.flatMap((one) => {
      const change = changeOf(one);
      return change === undefined ? [] : [{ ...event(one), ...change }];
    }),
    entries: entries.map(viewEntry),
    next,
  });
}

function decisionView(state: ProposalState, decision: Recorded): DecisionView {
  const { entry } = decision;
  const { mode, batch, batch_size, edited_fields } = factsOf(entry);
  const isEdit = entry.type === 'decision.edited_approved';
  return given({
    ...event(decision),
    outcome: outcomeOf(entry.type),
    mode,
    batch,
    batch_size,
    reason: value(decision, 'reason'),
    edited_fields,
    patch: isEdit ? patchOf(decision) : undefined,
    before: isEdit ? proposedArgs(state)?.args : undefined,
    after: isEdit ? approvedArgs(state)?.args : undefined,
  });
}

/** The patch and the part of it that is about personal data; undefined when one of them is gone. */
function patchOf(decision: Recorded): JsonValue | undefined {
  const rest = value(decision, 'patch');
  if (!Object.hasOwn(decision.entry.sealed, 'patch.personal')) return rest;
  const personal = value(decision, 'patch.personal');
  return Array.isArray(rest) && Array.isArray(personal) ? [...rest, ...personal] : undefined;
}

function event({ entry: { seq, time, actor } }: Recorded): Event {
  return { seq, time, by: actor };
}

function value({ openings }: Recorded, field: string): JsonValue | undefined {
  return Object.hasOwn(openings, field) ? openings[field]?.value : undefined;
}

function text({ data }: Entry, name: string): string | undefined {
  const found = isObject(data) && Object.hasOwn(data, name) ? data[name] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** Only members that have a value. */
function given<T extends object>(
  members: T,
): { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} {
  return Object.fromEntries(Object.entries(members).filter(([, one]) => one !== undefined)) as never;
}
