import { openArgs, type ProposalStatus, STATUS_BY_TYPE } from '@sealtrail/events';
import {
  canonicalize,
  isSealtrailError,
  type JsonValue,
  leafHash,
  MAX_DEPTH,
  type Recorded,
  SealtrailError,
} from '@sealtrail/format';
import type { EntryDraft } from '@sealtrail/store';

/** What this process knows of a proposal without asking the log. */
export interface KnownProposal {
  /** As in the log, or as it will be; a decision that only the log knows is not in it. */
  readonly status: ProposalStatus;
  /** Whether it needs no approval. */
  readonly free: boolean;
  readonly action: string | undefined;
  /** Digest of its arguments as they were recorded; undefined when they are not known. */
  readonly args: string | undefined;
  /** A person changed its arguments. */
  readonly edited: boolean;
  readonly decided: boolean;
  /** The log has it; else it waits in the spool. */
  readonly logged: boolean;
  /** An execution of it began, or is about to. */
  readonly taken: boolean;
  /** The entry that says that its execution begins, in an append of which nobody knows whether it was done. */
  readonly doubt: EntryDraft | undefined;
}

const NEW: KnownProposal = {
  status: 'pending',
  free: false,
  action: undefined,
  args: undefined,
  edited: false,
  decided: false,
  logged: false,
  taken: false,
  doubt: undefined,
};

/** About 300 bytes each. */
const MAX_KNOWN = 100_000;

const BEGUN: readonly ProposalStatus[] = ['executing', 'executed', 'failed'];

/**
 * Proposals that this process has seen in the log or in the spool, the newest 100,000. While the log is away this is all
 * there is to say what may be executed, and that it is executed once.
 */
export class Known {
  readonly #proposals = new Map<string, KnownProposal>();

  get(tenant: string, proposal: string): KnownProposal | undefined {
    return this.#proposals.get(`${tenant} ${proposal}`);
  }

  /**
   * Whether a draft creates a proposal that is there already, with these arguments.
   *
   * @throws SealtrailError `id_conflict` when it is there with others, `args_unavailable` when nobody can tell: they were erased
   */
  hasCreated(tenant: string, { type, data = {}, sealed = {} }: EntryDraft): boolean {
    const { proposal, action } = data;
    if (type !== 'proposal.created' || typeof proposal !== 'string') return false;
    const known = this.get(tenant, proposal);
    if (known?.action === undefined) return false;
    if (known.args === undefined) {
      throw new SealtrailError('args_unavailable', `the arguments of ${proposal} were erased`, { proposal });
    }
    const args = argsOf(sealed);
    if (args !== undefined && known.args === digestOf(action as string, args)) return true;
    throw new SealtrailError(
      'id_conflict',
      `the proposal ${proposal} was made before, with another content`,
      {
        proposal,
      },
    );
  }

  /** Takes note of an entry that was read from the log. */
  read(tenant: string, { entry, openings }: Recorded): void {
    this.#saw(tenant, entry, openArgs('args', entry.sealed, openings)?.args, true);
  }

  /** Takes note of a draft that was appended (`logged`) or kept. */
  wrote(tenant: string, draft: EntryDraft, logged: boolean): void {
    this.#saw(tenant, draft, argsOf(draft.sealed ?? {}), logged);
  }

  #saw(
    tenant: string,
    { type, data = {} }: Pick<EntryDraft, 'type' | 'data'>,
    args: JsonValue | undefined,
    logged: boolean,
  ): void {
    const { proposal, action, approval } = data;
    if (typeof proposal !== 'string') return;
    const known = this.get(tenant, proposal) ?? NEW;
    if (type === 'proposal.created') {
      const free = approval === 'not_required';
      const name = typeof action === 'string' ? action : undefined;
      const undecided = free ? 'approved' : 'pending';
      this.#set(tenant, proposal, {
        ...known,
        status: known.decided ? known.status : undecided,
        free,
        action: name,
        logged: known.logged || logged,
        args: digestIfJson(name, args),
      });
    } else if (Object.hasOwn(STATUS_BY_TYPE, type)) {
      const status = STATUS_BY_TYPE[type] as ProposalStatus;
      const begun = BEGUN.includes(status);
      // Entries are not always seen in the order in which they were made.
      if (BEGUN.includes(known.status) && (!begun || status === 'executing')) return;
      const edited = known.edited || type === 'decision.edited_approved';
      this.#set(tenant, proposal, { ...known, status, decided: true, edited, taken: known.taken || begun });
    }
  }

  /** Takes a proposal for one execution; false when it was taken before. */
  take(tenant: string, proposal: string): boolean {
    const known = this.get(tenant, proposal) ?? NEW;
    if (known.taken) return false;
    this.#set(tenant, proposal, { ...known, taken: true });
    return true;
  }

  /** Gives back what was taken, when the execution cannot have begun, or only in doubt. */
  release(tenant: string, proposal: string, doubt?: EntryDraft): void {
    const known = this.get(tenant, proposal);
    if (known !== undefined) this.#set(tenant, proposal, { ...known, taken: false, doubt });
  }

  #set(tenant: string, proposal: string, known: KnownProposal): void {
    const key = `${tenant} ${proposal}`;
    this.#proposals.delete(key);
    this.#proposals.set(key, known);
    if (this.#proposals.size > MAX_KNOWN) {
      this.#proposals.delete(this.#proposals.keys().next().value as string);
    }
  }
}

/** The arguments in a draft. */
export function argsOf(sealed: Readonly<Record<string, unknown>>): JsonValue | undefined {
  const openings = Object.entries(sealed).map(([field, value]) => [field, { salt: '', value }]);
  return openArgs('args', sealed, Object.fromEntries(openings))?.args;
}

/** What a file holds need not be what the log takes. */
function digestIfJson(action: string | undefined, args: JsonValue | undefined): string | undefined {
  try {
    return args === undefined ? undefined : digestOf(action, args);
  } catch (error) {
    if (isSealtrailError(error)) return undefined;
    throw error;
  }
}

/** What stands for an action's arguments in memory. @throws SealtrailError as `canonicalize` */
export function digestOf(action: string | undefined, args: unknown): string {
  return leafHash(canonicalize([action ?? null, args], MAX_DEPTH + 1));
}
