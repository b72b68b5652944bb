import type { Entry } from '@sealtrail/format';
import { prunedBefore, type Store } from '@sealtrail/store';
import { broken, entryFrom } from './entry.ts';
import { facetsOf } from './facets.ts';
import { type Index, LAYOUT_VERSION, type Progress } from './port.ts';
import { type ProposalRow, proposalsOf, withEntry } from './proposal-row.ts';

/** Entries that are indexed in one step. */
const BATCH = 500;

type Row = Awaited<ReturnType<Store['readFrom']>>[number];

/**
 * Brings a tenant's index up to everything that is in the log when the call begins.
 *
 * Each step is one transaction that moves the progress only if it is still where the step began. Of two projectors one goes
 * on and the other one reads the progress anew; a step that was interrupted has not happened.
 *
 * @returns undefined when there is no such log
 * @throws SealtrailError `log_broken`, `store_unavailable`
 */
export async function catchUp(store: Store, index: Index, tenant: string): Promise<Progress | undefined> {
  let progress = await index.progress(tenant);
  for (;;) {
    if (progress === undefined || progress.layout !== LAYOUT_VERSION) {
      if (progress === undefined && (await store.readFrom(tenant, 0, 1)).length === 0) return undefined;
      progress = (await index.begin(tenant, progress)) ?? (await index.progress(tenant));
      continue;
    }
    const rows = await store.readFrom(tenant, Math.max(progress.seq, 0), BATCH + 1);
    const fresh = rowsAfter(progress, rows);
    if (fresh === undefined) {
      progress = (await index.begin(tenant, progress)) ?? (await index.progress(tenant));
      continue;
    }
    if (fresh.length > 0) {
      const from = await firstPosition(store, progress, fresh);
      const next = await addRows(index, progress, fresh, from);
      if (next === undefined) {
        progress = await index.progress(tenant);
        continue;
      }
      progress = next;
    }
    if (rows.length <= BATCH) return progress;
  }
}

/** The rows that are to be indexed; undefined when the log is not the one that was indexed so far. */
function rowsAfter({ seq, hash }: Progress, rows: readonly Row[]): readonly Row[] | undefined {
  if (seq === -1) return rows;
  const [last, ...fresh] = rows;
  return last?.seq === seq && last.hash === hash ? fresh : undefined;
}

/** Where the next entry stands: after the last one indexed, or where a log begins whose first segments were pruned. */
async function firstPosition(
  store: Store,
  { tenant, seq }: Progress,
  [first]: readonly Row[],
): Promise<number> {
  return seq === -1 && first !== undefined && first.seq > 0 ? prunedBefore(store, tenant) : seq + 1;
}

async function addRows(
  index: Index,
  progress: Progress,
  rows: readonly Row[],
  from: number,
): Promise<Progress | undefined> {
  const entries = rows.map((row, i) => {
    const expected = from + i;
    // Going on would leave it out for good.
    if (row.seq !== expected) throw broken(progress.tenant, expected, 'an entry is missing');
    return entryFrom(row);
  });
  const known = await loadProposals(index, progress, entries);
  const changed = new Map<string, ProposalRow>();
  const indexed = entries.map((entry, i) => {
    const related = new Map<string, ProposalRow>();
    for (const proposal of proposalsOf(entry)) {
      const before = known.get(proposal) ?? { proposal };
      const after = withEntry(before, entry, (rows[i] as Row).hash);
      known.set(proposal, after);
      related.set(proposal, after);
      if (after !== before) changed.set(proposal, after);
    }
    return { seq: entry.seq, facets: facetsOf(entry, related) };
  });
  const { seq, hash } = rows.at(-1) as Row;
  return index.add(progress, { seq, hash }, indexed, [...changed.values()]);
}

/** The proposals that the entries are about, as they stood before. Only {@link Index.add} changes them. */
async function loadProposals(
  index: Index,
  { build }: Progress,
  entries: readonly Entry[],
): Promise<Map<string, ProposalRow>> {
  const ids = [...new Set(entries.flatMap(proposalsOf))];
  const rows = ids.length === 0 ? [] : await index.proposals(build, ids);
  return new Map(rows.map((row) => [row.proposal, row]));
}
