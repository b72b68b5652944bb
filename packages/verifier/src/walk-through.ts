import type { Hash, HeadRow } from '@sealtrail/format';
import type { PrunedStart } from './checks/pruned.ts';
import { bundleFinding, type Findings } from './findings.ts';
import { prefetch } from './prefetch.ts';
import type { VerifyOptions } from './report.ts';
import type { LogReader, LogSource, WalkRange } from './source.ts';
import { Walk, type WalkOutcome } from './walk.ts';

/** Rows between two progress calls. */
const PROGRESS_EVERY = 5_000;

/** A walk to be done. */
export interface WalkJob {
  readonly source: LogSource;
  readonly log: LogReader;
  readonly range: WalkRange;
  readonly head: HeadRow | undefined;
  readonly registeredGenesis: Hash | undefined;
  readonly pruned: PrunedStart | undefined;
  readonly options: Pick<VerifyOptions, 'trusted' | 'signal' | 'onProgress' | 'maxFindings'>;
  readonly findings: Findings;
}

export interface WalkDone {
  readonly walk: WalkOutcome;
  readonly rows: { readonly anchors: number; readonly entries: number };
  /** A file ended or stopped making sense. */
  readonly unreadable: boolean;
}

/**
 * Another way to do the job of {@link walkThrough}.
 *
 * @returns undefined when it does not come to the verdict that nothing is wrong: then the log is walked through
 */
export type WalkInParts = (job: WalkJob) => Promise<WalkDone | undefined>;

/** Walks from the first position to the last, and says exactly what is wrong. */
export async function walkThrough(job: WalkJob): Promise<WalkDone> {
  const { source, log, range, head, pruned, options, findings } = job;
  const walk = new Walk({
    tenant: log.tenant,
    findings,
    ...range,
    start: log.start,
    registeredGenesis: job.registeredGenesis,
    head,
    trusted: options.trusted,
    source,
    anchors: pruned?.anchors,
    previous: pruned?.previous,
  });
  const total = expected(job);
  let reported = 0;
  let unreadable = false;
  const rows = { anchors: 0, entries: 0 };
  try {
    for await (const batch of prefetch(log.walk(range))) {
      options.signal?.throwIfAborted();
      rows.anchors += batch.anchors.length;
      rows.entries += batch.entries.length;
      walk.take(batch);
      if (walk.walked - reported >= PROGRESS_EVERY) {
        reported = walk.walked;
        options.onProgress?.({ tenant: log.tenant, walked: reported, position: positionOf(walk), total });
      }
    }
  } catch (error) {
    // A file that ends or stops making sense: what came before still gets its verdict.
    const finding = bundleFinding(error);
    if (finding === undefined) throw error;
    findings.add(finding);
    unreadable = true;
  }
  options.onProgress?.({ tenant: log.tenant, walked: walk.walked, position: positionOf(walk), total });
  return { walk, rows, unreadable };
}

function positionOf({ last }: Walk): number | null {
  return last?.seq ?? null;
}

/** How many entries the walk should meet, as far as the head says; null when it does not. */
export function expected({ head, range }: Pick<WalkJob, 'head' | 'range'>): number | null {
  return head === undefined ? null : Math.min(head.seq, range.to ?? head.seq) - range.from + 1;
}
