import {
  type Actor,
  type Anchor,
  anchorHash,
  type Hash,
  MAX_CARRIED_HOLDS,
  type PrunedData,
  prunedDraft,
  readAnchor,
  SEALS_TENANT,
  SealtrailError,
} from '@sealtrail/format';
import { anchorOver } from '../anchor/anchor-over.ts';
import type { Store } from '../port.ts';
import { appendIfUnchanged } from './append-if-unchanged.ts';
import { type LastSegment, makeArchive } from './archive.ts';
import { Follow } from './follow.ts';
import { checkPerson } from './person.ts';
import { Rules } from './rules.ts';

export interface PruneRequest {
  readonly by: Actor;
  /** Folder for the archive; it is made when it is not there. */
  readonly archive: string;
  /** Whether sealed values go into the archive: there no erasure reaches them. Default `withheld`. */
  readonly openings?: 'included' | 'withheld' | undefined;
  /** The clock, Unix milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** What pruning removes, or would remove. */
export interface PrunePlan {
  /** First and last position; null when nothing is old enough, or a hold is in the way of the first segment. */
  readonly range: { readonly from: number; readonly to: number } | null;
  readonly entries: number;
  /** How many segments go. */
  readonly segments: number;
  /** Everything older than this may go. */
  readonly before: string;
  readonly days: number;
  /** Holds that stop it before everything that is old enough. */
  readonly heldBy: readonly string[];
}

export interface PruneResult extends PrunePlan {
  /** Path of the archive; null when nothing was removed. */
  readonly file: string | null;
  readonly sha256: Hash | null;
}

const DAY_MS = 86_400_000;
const ATTEMPTS = 50;
const CHUNK = 1_000;

/** What {@link prune} would do; changes nothing. Throws as it does. */
export async function planPrune(
  store: Store,
  tenant: string,
  options: { readonly now?: (() => number) | undefined } = {},
): Promise<PrunePlan> {
  refuseSeals(tenant);
  const { plan } = await decide(store, tenant, await rulesOf(store, tenant), options.now ?? Date.now);
  return plan;
}

/**
 * Removes the entries of whole segments that are older than the log's own policy keeps, after writing them to an archive and an
 * entry that accounts for it. Anchors stay. What a crash leaves behind: an archive that no entry names, or segments that an entry
 * says are gone; the next run makes the same archive, or removes these.
 *
 * @throws SealtrailError `retention_invalid` when the log has no policy, or is that of the seals; `actor_refused`; `segment_broken` for a segment that
 *   does not verify: it is evidence, and stays; `config_invalid` when the archive cannot be written, and nothing was removed;
 *   `id_conflict` when the account's id is taken; `store_unavailable`
 */
export async function prune(store: Store, tenant: string, request: PruneRequest): Promise<PruneResult> {
  checkPerson(request.by);
  refuseSeals(tenant);
  const { now = Date.now, openings = 'withheld' } = request;
  let resumed = false;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    let rules = await rulesOf(store, tenant);
    // Also what somebody else is just about to: what an account names is not pruned once more.
    if (await finishPruning(store, tenant, rules)) {
      resumed = true;
      await store.compact?.();
      rules = await rulesOf(store, tenant);
    }
    const { plan, last } = await decide(store, tenant, rules, now);
    if (plan.range === null || last === undefined) {
      // What was removed by a run that got no further than that may have left copies.
      if (rules.pruned !== undefined && !resumed) await store.scrub?.();
      return { ...plan, file: null, sha256: null };
    }
    const { from, to } = plan.range;
    const carry = carried(tenant, rules);
    // First the archive under its name: an account must never name one that is not there.
    const options = { from, last, openings, folder: request.archive };
    const archive = await makeArchive(store, tenant, options).catch(async (error: unknown) => {
      // Pruned by somebody else in the meantime, if the log says so when it is read anew.
      const [first] = await store.readFrom(tenant, from, 1);
      if (first?.seq === from) throw error;
    });
    if (archive === undefined) continue;
    const { file, sha256 } = archive;
    const { number, hash } = last.row;
    const entry = prunedDraft(request.by, {
      to,
      anchor: { number, hash },
      archive: { from, sha256, openings },
      rules: carry,
    });
    if ((await appendIfUnchanged(store, tenant, [entry], rules.tip)) === 0) continue;
    await finishPruning(store, tenant, await rulesOf(store, tenant));
    await store.compact?.();
    return { ...plan, file, sha256 };
  }
  throw new SealtrailError('store_unavailable', 'others appended again and again in the meantime');
}

/** Which of the stored changes of a directory count is said by the seals alone, and every directory rests on all before it. */
function refuseSeals(tenant: string): void {
  if (tenant !== SEALS_TENANT) return;
  throw new SealtrailError(
    'retention_invalid',
    `${SEALS_TENANT}, the log of the seals, is not pruned: every seal and every proof rests on those before it`,
    { tenant },
  );
}

function carried(tenant: string, { policy, holds }: Rules): PrunedData['rules'] {
  if (policy === undefined || holds.size > MAX_CARRIED_HOLDS) {
    throw new SealtrailError(
      'retention_invalid',
      `the log of ${tenant} has more than ${MAX_CARRIED_HOLDS} holds, which a pruning cannot carry over`,
    );
  }
  return { policy, holds: [...holds.values()] };
}

async function rulesOf(store: Store, tenant: string): Promise<Rules> {
  const rules = new Rules(store, tenant);
  await rules.advance();
  return rules;
}

/** How far segments may go, from the first that is stored: old enough, and nothing in them under a hold. */
async function decide(
  store: Store,
  tenant: string,
  rules: Rules,
  now: () => number,
): Promise<{ readonly plan: PrunePlan; readonly last: LastSegment | undefined }> {
  if (rules.policy === undefined) {
    throw new SealtrailError(
      'retention_invalid',
      `the log of ${tenant} has no retention policy: set one first`,
    );
  }
  const { days } = rules.policy;
  const before = new Date(now() - days * DAY_MS).toISOString();
  const from = rules.first ?? 0;
  let last: LastSegment | undefined;
  let segments = 0;
  const heldBy = new Set<string>();
  const start = (await anchorOver(store, tenant, from))?.number;
  const follow = new Follow(store, tenant);
  for (let number = start ?? Number.MAX_SAFE_INTEGER; ; number++) {
    const row = await store.anchorAt(tenant, number);
    if (row === undefined) break;
    const anchor = readAnchor(row.anchor);
    const { newest, holds } = await look(store, tenant, anchor, rules, follow);
    // The account names the last of these anchors, and a verification asks for it.
    const isWhole = follow.tip.seq === anchor.to && follow.tip.hash === anchor.last;
    if (!isWhole || anchorHash(row.anchor) !== row.hash) throw follow.broken(anchor.to);
    if (newest >= before) break;
    for (const hold of holds) heldBy.add(hold);
    if (heldBy.size > 0) break;
    last = { row, anchor };
    segments++;
  }
  const to = last?.anchor.to ?? -1;
  const range = last === undefined ? null : { from, to };
  return {
    plan: { range, entries: range === null ? 0 : to - from + 1, segments, before, days, heldBy: [...heldBy] },
    last,
  };
}

/** Reads a segment once more than the rules were read: what was changed or taken away since has no say. */
async function look(
  store: Store,
  tenant: string,
  { from, to }: Anchor,
  rules: Rules,
  follow: Follow,
): Promise<{ readonly newest: string; readonly holds: readonly string[] }> {
  let newest = '';
  const holds = new Set<string>();
  for (let at = from; at <= to; at += CHUNK) {
    for (const row of await store.readFrom(tenant, at, Math.min(CHUNK, to - at + 1))) {
      const { time } = await follow.next(row);
      const { entry } = row;
      if (time > newest) newest = time;
      if (rules.holds.size === 0) continue;
      for (const { hold } of rules.holdsOn(JSON.parse(entry))) holds.add(hold);
    }
  }
  return { newest, holds: [...holds] };
}

/**
 * Removes what an entry says is removed, segment by segment from the first: what is left always begins after an anchor.
 *
 * @returns whether there was anything to remove
 */
async function finishPruning(store: Store, tenant: string, rules: Rules): Promise<boolean> {
  const { pruned, first } = rules;
  if (pruned === undefined || first === undefined || first > pruned.to) return false;
  const start = (await anchorOver(store, tenant, first))?.number ?? Number.MAX_SAFE_INTEGER;
  for (let number = start; number <= pruned.anchor.number; number++) {
    const row = await store.anchorAt(tenant, number);
    if (row === undefined) return true;
    await store.removeEntries(tenant, row.from_seq, Math.min(row.to_seq, pruned.to));
  }
  return true;
}
