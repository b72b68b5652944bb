import { factsOf } from '@sealtrail/events';
import type { Store } from '@sealtrail/store';
import { entryFrom } from '../entry.ts';
import type { Bounds, Candidate, Index, Order, Progress } from '../port.ts';
import { type Filter, facetsOfFilter } from './filter.ts';

/** Entries that are looked at for one page. How many more have a facet makes no difference, so counting ends here too. */
const MAX_SCANNED = 10_000;
/** Candidates that are looked at together at first: some times what the page may hold, as not all of them match. */
const chunkFor = (limit: number) => Math.min(1_000, Math.max(100, 4 * limit));
/** And at the most: where few match, each look takes twice as many as the one before, instead of a hundred looks. */
const MAX_CHUNK = 4_000;
/** Entries that are read together with their sealed values, which may be large. */
const READ_CHUNK = 100;

export interface Scanned {
  readonly seqs: readonly number[];
  /** Number of entries that were looked at. */
  readonly scanned: number;
  /** The last position that was looked at, when there may be more after it. */
  readonly end?: number;
}

export interface Search {
  readonly store: Store;
  readonly index: Index;
  readonly progress: Progress;
  readonly filter: Filter;
  readonly order: Order;
}

/**
 * Walks along the rarest facet and checks the others, until a page is full, the bounds are reached or enough was looked
 * at.
 */
export async function scan(search: Search, bounds: Bounds, limit: number): Promise<Scanned> {
  const { order, filter } = search;
  const [along, ...others] = await rarestFirst(search, bounds);
  const isPlain = others.length === 0 && filter.confidence === undefined;
  const seqs: number[] = [];
  let scanned = 0;
  let end: number | undefined;
  let rest = bounds;
  for (let chunk = chunkFor(limit); ; chunk = Math.min(2 * chunk, MAX_CHUNK)) {
    const wanted = Math.min(isPlain ? limit + 1 : chunk, MAX_SCANNED - scanned);
    const candidates = await candidatesOf(search, along, others, rest, wanted);
    const chosen = await withConfidence(search, candidates);
    for (const { seq } of candidates) {
      // One more than fits: there is a next page.
      if (chosen.has(seq) && seqs.length === limit && end !== undefined) return { seqs, scanned, end };
      if (chosen.has(seq)) seqs.push(seq);
      scanned++;
      end = seq;
      rest = order === 'newest' ? { ...rest, to: seq - 1 } : { ...rest, from: seq + 1 };
    }
    if (candidates.length < wanted || rest.from > rest.to || end === undefined) return { seqs, scanned };
    if (seqs.length === limit || scanned === MAX_SCANNED) return { seqs, scanned, end };
  }
}

/** The facets of the filter, the one with the fewest entries first. */
async function rarestFirst({ index, progress, filter }: Search, bounds: Bounds): Promise<string[]> {
  const facets = facetsOfFilter(filter);
  if (facets.length < 2 || bounds.from > bounds.to) return facets;
  const counted = await Promise.all(
    facets.map(async (facet) => ({
      facet,
      count: await index.count(progress.build, facet, bounds, MAX_SCANNED),
    })),
  );
  return counted.sort((a, b) => a.count - b.count).map(({ facet }) => facet);
}

async function candidatesOf(
  { index, progress, order }: Search,
  along: string | undefined,
  others: readonly string[],
  bounds: Bounds,
  limit: number,
): Promise<readonly Candidate[]> {
  if (bounds.from > bounds.to) return [];
  if (along !== undefined) return index.scan(progress.build, along, others, bounds, order, limit);
  // Every position has an entry.
  const length = Math.min(limit, bounds.to - bounds.from + 1);
  return Array.from({ length }, (_, i) => ({
    seq: order === 'newest' ? bounds.to - i : bounds.from + i,
    matches: true,
  }));
}

/** Positions of the candidates that match, in their confidence as well. */
async function withConfidence(
  { store, progress, filter }: Search,
  candidates: readonly Candidate[],
): Promise<ReadonlySet<number>> {
  const seqs = candidates.filter(({ matches }) => matches).map(({ seq }) => seq);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = filter.confidence ?? {};
  if (filter.confidence === undefined) return new Set(seqs);
  const chosen = new Set<number>();
  for (let at = 0; at < seqs.length; at += READ_CHUNK) {
    for (const row of await store.readAt(progress.tenant, seqs.slice(at, at + READ_CHUNK))) {
      const { confidence } = factsOf(entryFrom(row));
      if (confidence !== undefined && confidence >= min && confidence <= max) chosen.add(row.seq);
    }
  }
  return chosen;
}
