import type { ProposalState } from '@sealtrail/events';
import { type RecordChanged, recordChanged } from '@sealtrail/events';
import { checkArgument, type JsonValue } from '@sealtrail/format';
import { type Action, type InputOf, type ParsedInputOf, recordedInput } from '../action.ts';
import { checkAction, checkList, checkObject, idOf } from '../arguments.ts';
import { AuthenticatedUser } from '../person.ts';
import type { Away } from '../spool/spooling.ts';
import type { Context } from './context.ts';
import { loadState } from './context.ts';
import { copyOf } from './copy.ts';
import { type DecideOptions, type Decision, decide } from './decide.ts';
import { type BatchOutcome, type DecideManyOptions, decideMany } from './decide-many.ts';
import { type ExecuteOptions, execute } from './execute.ts';
import { executeOpen } from './execute-away.ts';
import { isDue } from './expire.ts';
import type { GrantScope } from './find-grant.ts';
import { createGrant, type Grant, revokeGrant } from './grants.ts';
import type { Ledger, Receipt } from './ledger.ts';
import { refuseUnknown } from './members.ts';
import type { TrailOptions } from './options.ts';
import { type Presentation, type PresentOptions, present, supersede } from './present.ts';
import { type Proposal, type ProposeOptions, propose } from './propose.ts';
import { checkRun } from './result.ts';
import { type SettleOptions, settle } from './settle.ts';

/** A proposal, or its id. */
export type ProposalRef<A extends Action = Action> = string | Pick<Proposal<A>, 'id'>;

/**
 * The life of proposals in one tenant's log. The log is the arbiter: the first decision in it counts, and every method reads
 * what it needs from there, so that any number of processes may work on the same proposals.
 */
export class Trail {
  readonly tenant: string;
  readonly #context: Context;

  /** @internal Use `Sealtrail.trail`. */
  constructor(ledger: Ledger, options: TrailOptions, away: Away | undefined) {
    this.tenant = ledger.tenant;
    this.#context = {
      ledger,
      away,
      policies: options.policies ?? [],
      system: options.system ?? { type: 'system', id: 'sealtrail' },
      now: options.now ?? Date.now,
    };
  }

  /**
   * Records what an agent wants to do, then lets policies and standing grants decide.
   *
   * @throws SealtrailError `input_invalid`, `draft_invalid`, `id_conflict` for an id that stands for something else,
   *   `args_unavailable`, and those of `Log.append`
   */
  async propose<A extends Action>(action: A, options: ProposeOptions<A>): Promise<Proposal<A>> {
    return propose(this.#context, action, options);
  }

  /** Records what a person was shown of a proposal. */
  async present(proposal: ProposalRef, options: PresentOptions): Promise<Presentation> {
    return present(this.#context, idOf('present', proposal), options);
  }

  /**
   * Approves a proposal as it is. The first decision counts: a later one is recorded as stale, and its caller is told.
   *
   * @throws SealtrailError `proposal_unknown`, `proposal_expired`, `decision_stale`, `actor_refused`, `draft_invalid` for a showing to
   *   somebody else, `id_conflict` for a click that was another one
   */
  async approve(proposal: ProposalRef, options: DecideOptions): Promise<Decision> {
    return decide(this.#context, idOf('approve', proposal), { decision: 'approved' }, options);
  }

  /** Rejects a proposal. @throws as {@link approve} */
  async reject(proposal: ProposalRef, options: DecideOptions): Promise<Decision> {
    return decide(this.#context, idOf('reject', proposal), { decision: 'rejected' }, options);
  }

  /**
   * Approves a proposal with other arguments; the difference is kept as an RFC 6902 patch. The same arguments are an approval as of
   * {@link approve}.
   *
   * @throws as {@link approve}, and `input_invalid`, `args_unavailable`
   */
  async approveEdited<A extends Action>(
    action: A,
    proposal: ProposalRef<A>,
    options: DecideOptions & { readonly input: InputOf<A> },
  ): Promise<Decision> {
    const call = 'approveEdited';
    checkAction(call, action);
    const id = idOf(call, proposal);
    checkObject(call, 'options (by, input and so on)', options);
    const { input, ...click } = options;
    const final = recordedInput(action, input) as JsonValue;
    const wanted = { decision: 'edited_approved', action, input: final } as const;
    return decide(this.#context, id, wanted, click);
  }

  /** Approves or rejects many proposals with one click. */
  async decideMany(proposals: readonly ProposalRef[], options: DecideManyOptions): Promise<BatchOutcome> {
    const call = 'decideMany';
    checkList(call, 'a list of proposals', proposals);
    const ids = proposals.map((proposal) => idOf(call, proposal));
    return decideMany(this.#context, ids, options);
  }

  /** Records that another proposal takes the place of one that waits. */
  async supersede(proposal: ProposalRef, by: ProposalRef): Promise<void> {
    return supersede(this.#context, idOf('supersede', proposal), idOf('supersede', by));
  }

  /**
   * Executes an approved proposal, once, with the approved arguments. That it begins is in the log before `run` is called.
   *
   * @throws SealtrailError `proposal_unknown`, `not_approved`, `args_mismatch`, `args_unavailable`, `already_executed`,
   *   `outcome_unrecorded`, `draft_invalid` for an option that is none, `config_invalid` for what is no function, or a generator; what `run` throws, after it was recorded
   */
  async execute<A extends Action, T>(
    action: A,
    proposal: ProposalRef<A> | Proposal<A>,
    run: (input: ParsedInputOf<A>) => T | Promise<T>,
    options: ExecuteOptions<A> = {},
  ): Promise<T> {
    checkAction('execute', action);
    const id = idOf('execute', proposal);
    checkRun(action.name, run);
    refuseUnknown('execute', options, ['input', 'actor']);
    const { away } = this.#context;
    return away === undefined
      ? execute(this.#context, action, id, run, options)
      : executeOpen(this.#context, away, action, proposal, run, options);
  }

  /** Records how an execution ended whose end the log does not know. */
  async settle(proposal: ProposalRef, options: SettleOptions): Promise<void> {
    return settle(this.#context, idOf('settle', proposal), options);
  }

  /**
   * Allows an agent an action until it is revoked ("always approve"). A grant that holds already is given back.
   *
   * @throws SealtrailError `grant_expired` for one that was over when the log took it, `actor_refused`, `draft_invalid`
   */
  async grant(
    scope: GrantScope,
    options: {
      readonly by: AuthenticatedUser;
      readonly reason?: string | undefined;
      readonly expires_at?: string | undefined;
    },
  ): Promise<Grant> {
    checkObject('grant', 'options (by, reason, expires_at)', options);
    const { by, ...said } = options;
    return createGrant(this.#context, { ...scope }, AuthenticatedUser.actorOf(by), said);
  }

  /** Takes a grant back; what rests on it and was not executed yet will not be. @throws SealtrailError `grant_unknown` */
  async revoke(
    scope: GrantScope,
    options: { readonly by: AuthenticatedUser; readonly reason?: string | undefined },
  ): Promise<void> {
    checkObject('revoke', 'options (by, reason)', options);
    const { by, ...said } = options;
    return revokeGrant(this.#context, { ...scope }, AuthenticatedUser.actorOf(by), said);
  }

  /** Records what the CRM really wrote. */
  async recordChange(change: RecordChanged): Promise<Receipt> {
    const draft = recordChanged(change);
    const [receipt] = await this.#context.ledger.record([{ ...draft, sealed: copyOf(draft.sealed) }]);
    return receipt as Receipt;
  }

  /** Whether a proposal that waits has waited long enough, by this host's clock. Nothing is recorded. */
  isDue(state: ProposalState): boolean {
    const isState = (given: unknown) => Object(given).created !== undefined;
    checkArgument('isDue', 'what Trail.state gives', state, isState, 'draft_invalid');
    return isDue(state, this.#context.now());
  }

  /** What became of a proposal, from its entries. @throws SealtrailError `proposal_unknown` */
  async state(proposal: ProposalRef): Promise<ProposalState> {
    return loadState(this.#context, idOf('state', proposal));
  }
}
