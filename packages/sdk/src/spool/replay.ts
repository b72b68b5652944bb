import { createdId, factsOf, openArgs } from '@sealtrail/events';
import { canonicalize, type ErrorCode, isSealtrailError, SealtrailError } from '@sealtrail/format';
import type { EntryDraft } from '@sealtrail/store';
import type { Ledger } from '../trail/ledger.ts';
import { argsOf } from './known.ts';
import type { Spooled } from './line.ts';
import type { Spool } from './spool.ts';
import { isAway } from './spooling.ts';

/** What a replay did. */
export interface Replay {
  /** Drafts that are in the log now. */
  readonly replayed: number;
  /**
   * Ids of drafts that the log will never take: their id is taken by something else, or they are not valid, or nothing that
   * may wait in a spool. They are kept in a file `.refused` beside it.
   */
  readonly refused: readonly { readonly tenant: string; readonly id: string; readonly code: ErrorCode }[];
  /** Logs that took nothing, because they are broken for example, and why: what is for them goes on waiting. */
  readonly stopped: readonly { readonly tenant: string; readonly code: ErrorCode }[];
}

/**
 * Appends what was kept. A draft that was appended before the crash that kept it from being removed is found by its id.
 *
 * @param foreign ids of proposals that are others in the log, from one replay to the next: what was done about the ones here is not
 *   to stand there as done about those
 * @param onReplay told of what was done also when the rest fails
 * @throws SealtrailError `store_unavailable`, `queue_full`, `store_closed`, `spool_failed`: the rest stays in the spool
 */
export async function replaySpool(
  spool: Spool,
  ledger: (tenant: string) => Ledger,
  foreign: Set<string>,
  onReplay: (replay: Replay) => void,
): Promise<Replay> {
  const refused: { tenant: string; id: string; code: ErrorCode }[] = [];
  const stopped = new Map<string, ErrorCode>();
  let replayed = 0;
  const done = (): Replay => ({
    replayed,
    refused,
    stopped: [...stopped].map(([tenant, code]) => ({ tenant, code })),
  });
  try {
    await spool.replay({
      append: async ({ tenant, draft }) => {
        if (stopped.has(tenant)) return 'later';
        try {
          await append(ledger(tenant), draft, foreign);
          replayed++;
          return 'taken';
        } catch (error) {
          if (!isSealtrailError(error) || isAway(error) || error.code === 'store_closed') throw error;
          if (error.code === 'id_conflict' || error.code === 'draft_invalid') {
            refused.push({ tenant, id: draft.id, code: error.code });
            return 'refused';
          }
          stopped.set(tenant, error.code);
          return 'later';
        }
      },
      refuse: (named) => void refused.push({ ...named, code: 'draft_invalid' }),
    });
    if (stopped.size === 0) foreign.clear();
  } finally {
    if (replayed + refused.length + stopped.size > 0) onReplay(done());
  }
  return done();
}

async function append(ledger: Ledger, draft: Spooled['draft'], foreign: Set<string>): Promise<void> {
  const { type, data } = draft;
  const proposal = typeof data?.['proposal'] === 'string' ? data['proposal'] : undefined;
  const key = `${ledger.tenant} ${proposal}`;
  // Whether a proposal is another one the log says when it refuses it; what it says of the rest has to be asked for.
  if (type !== 'proposal.created' && (foreign.has(key) || (await isForeign(ledger, draft, proposal)))) {
    foreign.add(key);
    throw new SealtrailError('id_conflict', `the log has another proposal as ${proposal}`, { proposal });
  }
  try {
    await appendAs(ledger, draft);
  } catch (error) {
    if (!isSealtrailError(error, 'id_conflict')) throw error;
    // An execution that another process began under this id has an outcome of its own.
    if (type === 'execution.started' || (await isForeign(ledger, draft, proposal))) foreign.add(key);
    throw error;
  }
}

async function appendAs(ledger: Ledger, draft: Spooled['draft']): Promise<void> {
  try {
    await ledger.append([draft]);
  } catch (error) {
    if (!isSealtrailError(error, 'id_conflict')) throw error;
    await ledger.append([await asStored(ledger, draft)]);
  }
}

/** Those of which the arguments are the proposed ones. */
const WITH_ITS_ARGS = ['proposal.created', 'execution.started'];

/** Whether the log has another action or other arguments under the id of a draft's proposal, as far as they were not erased. */
async function isForeign(
  ledger: Ledger,
  { type, data = {}, sealed = {} }: Spooled['draft'],
  proposal: string | undefined,
): Promise<boolean> {
  const { action } = data;
  if (proposal === undefined || action === undefined) return false;
  const there = (await ledger.find([createdId(proposal)])).get(createdId(proposal));
  if (there === undefined) return false;
  if (factsOf(there.entry).action !== action) return true;
  const mine = WITH_ITS_ARGS.includes(type) ? argsOf(sealed) : undefined;
  const theirs = openArgs('args', there.entry.sealed, there.openings)?.args;
  return mine !== undefined && theirs !== undefined && canonicalize(mine) !== canonicalize(theirs);
}

/**
 * The draft with the `spooled_at` of the entry that has its id, or without. An append of which nobody knew whether it was
 * done had none when it was, and who records the same thing again while the log is away gives it another one.
 */
async function asStored(ledger: Ledger, draft: Spooled['draft']): Promise<EntryDraft> {
  const stored = (await ledger.find([draft.id])).get(draft.id)?.entry.data['spooled_at'];
  const { spooled_at: _, ...data } = draft.data ?? {};
  return { ...draft, data: stored === undefined ? data : { ...data, spooled_at: stored } };
}
