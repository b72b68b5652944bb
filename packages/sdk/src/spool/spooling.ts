import { type ErrorCode, isSealtrailError, SealtrailError } from '@sealtrail/format';
import { type EntryDraft, newId, prepare } from '@sealtrail/store';
import type { Ledger, Receipt } from '../trail/ledger.ts';
import type { Known, KnownProposal } from './known.ts';
import type { Spooled } from './line.ts';
import type { Spool } from './spool.ts';

/** Errors after which an entry may be kept for later: the log is away, not against it. */
const AWAY: readonly ErrorCode[] = ['store_unavailable', 'queue_full'];

export function isAway(error: unknown): boolean {
  return AWAY.some((code) => isSealtrailError(error, code));
}

/** What the life of proposals in one tenant's log goes by while the log is away. */
export interface Away {
  known(proposal: string): KnownProposal | undefined;
  /** Whether something of a proposal waits in the spool: the log cannot tell yet what became of it. */
  waits(proposal: string): boolean;
  /** Takes a proposal for one execution; false when it was taken before. */
  take(proposal: string): boolean;
  /** Gives it back: its execution did not begin. */
  release(proposal: string): void;
}

export function awayFrom(tenant: string, spool: Spool, known: Known): Away {
  return {
    known: (proposal) => known.get(tenant, proposal),
    waits: (proposal) => spool.waits(tenant, proposal),
    take: (proposal) => known.take(tenant, proposal),
    release: (proposal) => known.release(tenant, proposal),
  };
}

/**
 * Keeps what is recorded while the log is away. What the log has to arbitrate, decisions above all, still fails. What is kept
 * is remembered by the spool, all else by `inner`: it is what to go by when the log is away.
 */
export function spoolingLedger(inner: Ledger, spool: Spool, known: Known, now: () => number): Ledger {
  const { tenant } = inner;
  return {
    ...inner,
    append: async (drafts) => {
      const begun = drafts.filter(({ type }) => type === 'execution.started');
      for (const draft of begun) takeFor(known, tenant, draft);
      try {
        return await inner.append(drafts);
      } catch (error) {
        if (!isSealtrailError(error, 'id_conflict')) {
          for (const draft of begun) {
            known.release(tenant, proposalOf(draft), isAway(error) ? draft : undefined);
          }
        }
        throw error;
      }
    },
    record: async (drafts) => {
      const named = drafts.map((draft) => ({ ...draft, id: draft.id ?? newId() }));
      try {
        // What was kept comes first, so that the log has things in the order in which they happened.
        if (!spool.waits(tenant)) return await inner.record(named);
      } catch (error) {
        if (!isAway(error)) throw error;
      }
      const time = new Date(now()).toISOString();
      const kept = named.map((draft) => ({ tenant, draft: stamped(draft, time) }));
      // Else the log would refuse later what is acknowledged here.
      for (const { draft } of kept) prepare(tenant, draft);
      // What waits in another process's file may come into the log after this, so it is kept here, too.
      const isThere = (draft: EntryDraft) =>
        known.hasCreated(tenant, draft) &&
        (known.get(tenant, proposalOf(draft))?.logged || spool.waits(tenant, proposalOf(draft)));
      await spool.keep(() => kept.filter(({ draft }) => !isThere(draft)));
      return named.map(({ id }): Receipt => ({ recorded: 'spool', id }));
    },
  };
}

/** Remembers what is read from the log and what is in it now. */
export function rememberingLedger(inner: Ledger, known: Known): Ledger {
  const remember = (drafts: readonly EntryDraft[]) => {
    for (const draft of drafts) known.wrote(inner.tenant, draft, true);
  };
  return {
    ...inner,
    append: async (drafts) => {
      const appended = await inner.append(drafts);
      remember(drafts);
      return appended;
    },
    record: async (drafts) => {
      const receipts = await inner.record(drafts);
      remember(drafts);
      return receipts;
    },
    find: async (ids) => {
      const found = await inner.find(ids);
      for (const recorded of found.values()) known.read(inner.tenant, recorded);
      return found;
    },
  };
}

function proposalOf({ data }: EntryDraft): string {
  return String(data?.['proposal']);
}

function takeFor(known: Known, tenant: string, draft: EntryDraft): void {
  if (known.take(tenant, proposalOf(draft))) return;
  throw new SealtrailError('id_conflict', `the execution of ${proposalOf(draft)} began before`);
}

/** The entry's own time will be the time of the replay; this says when it happened, by this machine's clock. */
function stamped(draft: EntryDraft & { id: string }, spooled_at: string): Spooled['draft'] {
  return { ...draft, data: { ...draft.data, spooled_at } };
}
