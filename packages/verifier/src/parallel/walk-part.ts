import type { Hash, HeadRow } from '@sealtrail/format';
import type { CheckedRow } from '../checks/entry.ts';
import type { CheckedAnchor } from '../checks/segment.ts';
import { Findings } from '../findings.ts';
import { prefetch } from '../prefetch.ts';
import type { LogReader, LogSource, Part } from '../source.ts';
import { Walk, type Walked } from '../walk.ts';
import { type AccountEntry, RecordedAccounts } from './recorded-accounts.ts';

/** What a thread needs to know to walk one part. Everything can be sent to it. */
export interface PartJob {
  readonly tenant: string;
  readonly part: Part;
  readonly head: HeadRow;
  readonly registeredGenesis: Hash | undefined;
  readonly trusted: { readonly seq: number; readonly hash: Hash } | undefined;
}

/** What a part is like that nothing is wrong with by itself, and what its neighbours must fit. */
export interface PartResult {
  readonly walked: number;
  readonly anchors: number;
  readonly openingsChecked: number;
  readonly segmentsChecked: number;
  readonly anchoredTo: number | null;
  readonly trustedSeen: boolean;
  readonly first: { readonly seq: number; readonly prev: Hash; readonly time: string };
  readonly last: Walked & { readonly time: string };
  readonly firstAnchor: CheckedAnchor | undefined;
  readonly lastAnchor: CheckedAnchor | undefined;
  /** Hash of the anchor that the head names, when it is in this part. */
  readonly hashOfWanted: Hash | undefined;
  readonly missing: readonly (readonly [field: string, runs: readonly (readonly [number, number])[]])[];
  readonly accounts: readonly AccountEntry[];
}

/**
 * Walks one part by the same checks as every walk.
 *
 * @param signal says that nobody waits for it any more
 * @returns undefined when anything at all is wrong, or cannot be judged without the rest of the log
 */
export async function walkPart(
  source: Pick<LogSource, 'columns' | 'openings'>,
  log: Pick<LogReader, 'walk' | 'indexFaults'>,
  { tenant, part, head, registeredGenesis, trusted }: PartJob,
  signal?: AbortSignal,
): Promise<PartResult | undefined> {
  const findings = new Findings(0);
  const accounts = new RecordedAccounts(part.from, source.openings === 'included');
  let first: CheckedRow | undefined;
  const walk = new Walk({
    tenant,
    findings,
    from: part.from,
    to: part.to,
    registeredGenesis,
    head,
    trusted,
    source,
    accounts,
    onEntry: (row) => {
      first ??= row;
    },
  });
  let anchors = 0;
  for await (const batch of prefetch(log.walk(part))) {
    signal?.throwIfAborted();
    anchors += batch.anchors.length;
    walk.take(batch);
    if (findings.count > 0) return undefined;
  }
  // Whether something outside vouches for the last entry does not matter: its link is judged with the next part's first.
  walk.endOfEntries(false);
  walk.finish();
  const { last } = walk;
  const entry = first?.entry;
  if (findings.count > 0 || accounts.ahead || walk.segmentsPartial > 0) return undefined;
  if (entry === undefined || last?.time === undefined) return undefined;
  for await (const _ of log.indexFaults?.(part) ?? []) return undefined;
  return {
    walked: walk.walked,
    anchors,
    openingsChecked: walk.openingsChecked,
    segmentsChecked: walk.segmentsChecked,
    anchoredTo: walk.anchoredTo,
    trustedSeen: walk.trustedSeen,
    first: { seq: entry.seq, prev: entry.prev, time: entry.time },
    last: { ...last, time: last.time },
    firstAnchor: walk.anchors.first,
    lastAnchor: walk.anchors.last,
    hashOfWanted: walk.anchors.hashOfWanted,
    missing: [...accounts.open].map(([field, runs]) => [field, [...runs]] as const),
    accounts: accounts.entries,
  };
}
