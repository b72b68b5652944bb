import { type Hash, type HeadRow, SealtrailError } from '@sealtrail/format';
import { AnchorChain } from './checks/anchors.ts';
import { checkHeadAnchor, checkHeadRow, newestAnchor } from './checks/head.ts';
import { addUnregistered } from './checks/registry.ts';
import type { CheckedAnchor } from './checks/segment.ts';
import { bundleFinding, type Findings } from './findings.ts';
import { prefetch } from './prefetch.ts';
import type { TenantReport, VerifyOptions } from './report.ts';
import type { LogReader, LogSource, RawRow } from './source.ts';
import { segmentsReport } from './summary.ts';
import { Walk } from './walk.ts';

interface Job {
  readonly source: LogSource;
  readonly log: LogReader;
  readonly storedHead: RawRow | undefined;
  readonly registeredGenesis: Hash | undefined;
  /** Numbers of the anchors whose segments are walked. */
  readonly chosen: readonly number[];
  readonly options: VerifyOptions;
  readonly findings: Findings;
}

interface Segment {
  readonly checked: CheckedAnchor;
  /** What the anchor before says of the entry before the first. */
  readonly previousLast: Hash | undefined;
}

/**
 * Checks the whole chain of anchors, and the entries of the chosen segments only. The cost is bounded by the number of
 * anchors and the size of the segments chosen, not by the log.
 */
export async function verifySegments(job: Job): Promise<TenantReport> {
  const { source, log, storedHead, findings } = job;
  const head = storedHead === undefined ? undefined : checkHeadRow(storedHead, log.tenant, findings);
  const chain = { anchors: 0, segments: [] as Segment[] };
  const walks: Walk[] = [];
  try {
    await readChain(job, head, chain);
    const first = (await log.firstPosition?.()) ?? 0;
    for (const segment of chain.segments) {
      const { number, to } = segment.checked.anchor;
      if (to < first) {
        throw new SealtrailError(
          'pruned',
          `the segment of anchor ${number} is not stored here any more; a full walk says whether that is accounted for`,
        );
      }
      walks.push(await walkSegment(job, head, segment));
      reportProgress(job, chain.segments, walks);
    }
  } catch (error) {
    const finding = bundleFinding(error);
    if (finding === undefined) throw error;
    findings.add(finding);
  }
  return segmentsReport({ log, source, findings, walks, anchors: chain.anchors });
}

/** @throws SealtrailError `config_invalid` for a chosen anchor that is not there, if nothing speaks of one having been */
async function readChain(
  { log, storedHead, chosen, options, findings }: Job,
  head: HeadRow | undefined,
  result: { anchors: number; segments: Segment[] },
): Promise<void> {
  const wanted = new Set(chosen);
  const chain = new AnchorChain(log.tenant, findings, head?.anchor_number ?? null, log.start, log.start);
  let previous: CheckedAnchor | undefined;
  for await (const rows of prefetch(log.anchors())) {
    options.signal?.throwIfAborted();
    for (const row of rows) {
      result.anchors++;
      const checked = chain.next(row);
      if (checked !== undefined && wanted.delete(checked.anchor.number)) {
        const follows = previous?.anchor.number === checked.anchor.number - 1;
        result.segments.push({ checked, previousLast: follows ? previous?.anchor.last : undefined });
      }
      previous = checked;
    }
  }
  if (head !== undefined) checkHeadAnchor(head, chain.number, chain.to, chain.hashOfWanted, findings);
  chain.end(newestAnchor(head));
  if (log.registry === undefined) {
    if (storedHead !== undefined || result.anchors > 0) addUnregistered(log.tenant, findings);
  } else if (storedHead === undefined) {
    checkHeadRow(undefined, log.tenant, findings);
  }
  if (wanted.size > 0 && findings.count === 0) {
    throw new SealtrailError('config_invalid', `there is no anchor ${[...wanted].slice(0, 10).join(', ')}`);
  }
}

async function walkSegment(
  { source, log, registeredGenesis, options, findings }: Job,
  head: HeadRow | undefined,
  { checked, previousLast }: Segment,
): Promise<Walk> {
  const { from, to, number, last } = checked.anchor;
  const walk = new Walk({
    tenant: log.tenant,
    findings,
    from,
    to,
    source,
    registeredGenesis,
    head,
    segment: checked.anchor,
    previous: previousLast === undefined ? undefined : { number: from - 1, hash: previousLast },
  });
  for await (const { entries } of prefetch(log.walk({ from, to }))) {
    options.signal?.throwIfAborted();
    // The anchors among them were checked as a chain.
    walk.take({ anchors: [], entries });
  }
  const lastSeq = walk.last?.seq ?? from - 1;
  if (lastSeq < to) {
    findings.add({
      code: 'truncated',
      position: lastSeq + 1,
      range: { from: lastSeq + 1, to },
      anchor: number,
      message: `anchor ${number} covers entries up to ${to}, but they end at ${lastSeq}`,
    });
  }
  // The segment's own anchor vouches for its last entry.
  walk.endOfEntries(walk.last?.hash === last);
  walk.finish();
  return walk;
}

function reportProgress({ log, options }: Job, segments: readonly Segment[], walks: readonly Walk[]): void {
  options.onProgress?.({
    tenant: log.tenant,
    walked: walks.reduce((sum, walk) => sum + walk.walked, 0),
    position: walks.at(-1)?.last?.seq ?? null,
    total: segments.reduce((sum, { checked: { anchor } }) => sum + anchor.to - anchor.from + 1, 0),
  });
}
