import { type ErrorCode, isSealtrailError } from '@sealtrail/format';
import { type EntryDraft, type Log, newId } from '@sealtrail/store';
import type { Ledger, Receipt } from '../trail/ledger.ts';
import type { Spool, Spooled } from './spool.ts';

/** Errors after which an entry may be kept for later: the log is away, not against it. */
const AWAY: readonly ErrorCode[] = ['store_unavailable', 'queue_full'];

export function isAway(error: unknown): boolean {
  return AWAY.some((code) => isSealtrailError(error, code));
}

/** Keeps what is recorded while the log is away. What the log has to arbitrate, decisions above all, still fails. */
export function spoolingLedger(inner: Ledger, spool: Spool, now: () => number): Ledger {
  return {
    ...inner,
    record: async (drafts) => {
      const named = drafts.map((draft) => ({ ...draft, id: draft.id ?? newId() }));
      try {
        // What was kept comes first, so that the log has things in the order in which they happened.
        if (!spool.waiting) return await inner.record(named);
      } catch (error) {
        if (!isAway(error)) throw error;
      }
      const time = new Date(now()).toISOString();
      await spool.keep(named.map((draft) => ({ tenant: inner.tenant, draft: stamped(draft, time) })));
      return named.map(({ id }): Receipt => ({ recorded: 'spool', id }));
    },
  };
}

/** The entry's own time will be the time of the replay; this says when it happened, by this machine's clock. */
function stamped(draft: EntryDraft & { id: string }, spooled_at: string): Spooled['draft'] {
  return { ...draft, data: { ...draft.data, spooled_at } };
}

/** What a replay did. */
export interface Replay {
  /** Drafts that are in the log now. */
  readonly replayed: number;
  /** Ids of drafts that the log refused, because their id is taken by something else or they are not valid. */
  readonly refused: readonly { readonly tenant: string; readonly id: string; readonly code: ErrorCode }[];
}

/**
 * Appends what was kept. A draft that was appended before the crash that kept it from being removed is found by its id.
 *
 * @throws SealtrailError `store_unavailable`, `queue_full`: the rest stays in the spool
 */
export async function replaySpool(spool: Spool, log: Log): Promise<Replay> {
  const refused: { tenant: string; id: string; code: ErrorCode }[] = [];
  let replayed = 0;
  await spool.replay(async ({ tenant, draft }) => {
    try {
      await log.append(tenant, draft);
      replayed++;
      return true;
    } catch (error) {
      if (!isSealtrailError(error, 'id_conflict') && !isSealtrailError(error, 'draft_invalid')) throw error;
      refused.push({ tenant, id: draft.id, code: error.code });
      return false;
    }
  });
  return { replayed, refused };
}
