import { SealtrailError } from '@sealtrail/format';
import { AnchorChain } from './checks/anchors.ts';
import { checkHeadAnchor, checkHeadRow } from './checks/head.ts';
import type { CheckedAnchor } from './checks/segment.ts';
import type { Findings } from './findings.ts';
import { prefetch } from './prefetch.ts';
import type { TenantReport, VerifyOptions } from './report.ts';
import type { LogReader, LogSource, RawRow } from './source.ts';
import { segmentsReport } from './summary.ts';
import { Walk } from './walk.ts';

/**
 * Checks the whole chain of anchors, and the entries of the chosen segments only. The cost is bounded by the number of
 * anchors and the size of the segments chosen, not by the log.
 */
export async function verifySegments(
  source: LogSource,
  log: LogReader,
  storedHead: RawRow | undefined,
  chosen: readonly number[],
  options: VerifyOptions,
  findings: Findings,
): Promise<TenantReport> {
  const wanted = new Set(chosen);
  const head = storedHead === undefined ? undefined : checkHeadRow(storedHead, log.tenant, findings);
  const chain = new AnchorChain(log.tenant, findings, head?.anchor_number ?? null, log.start > 0);
  const segments: { checked: CheckedAnchor; previousLast: string | undefined }[] = [];
  let previous: CheckedAnchor | undefined;
  let count = 0;
  for await (const rows of prefetch(log.anchors())) {
    options.signal?.throwIfAborted();
    for (const row of rows) {
      count++;
      const checked = chain.next(row);
      if (checked !== undefined && wanted.delete(checked.anchor.number)) {
        const follows = previous?.anchor.number === checked.anchor.number - 1;
        segments.push({ checked, previousLast: follows ? previous?.anchor.last : undefined });
      }
      previous = checked;
    }
  }
  if (wanted.size > 0) {
    throw new SealtrailError('config_invalid', `there is no anchor ${[...wanted].slice(0, 10).join(', ')}`);
  }
  if (head !== undefined) checkHeadAnchor(head, chain.number, chain.to, chain.hashOfWanted, findings);
  chain.end(
    head?.anchor_number != null && head.anchor_hash != null
      ? { number: head.anchor_number, hash: head.anchor_hash }
      : undefined,
  );

  const walks: Walk[] = [];
  for (const { checked, previousLast } of segments) {
    const { from, to } = checked.anchor;
    const walk = new Walk({
      tenant: log.tenant,
      findings,
      from,
      to,
      source,
      previous: previousLast === undefined ? undefined : { number: from - 1, hash: previousLast },
    });
    for await (const batch of prefetch(log.walk({ from, to }))) {
      options.signal?.throwIfAborted();
      // Smaller segments may begin inside this range only if the chain of anchors is broken, which is reported above.
      walk.take({
        anchors: walk.anchors.number === -1 ? batch.anchors.slice(0, 1) : [],
        entries: batch.entries,
      });
    }
    const lastSeq = walk.last?.seq ?? from - 1;
    if (lastSeq < to) {
      findings.add({
        code: 'truncated',
        position: lastSeq + 1,
        range: { from: lastSeq + 1, to },
        anchor: checked.anchor.number,
        message: `anchor ${checked.anchor.number} covers entries up to ${to}, but they end at ${lastSeq}`,
      });
    }
    // The segment's own anchor vouches for its last entry.
    walk.endOfEntries(walk.last?.hash === checked.anchor.last);
    walk.finish();
    walks.push(walk);
    options.onProgress?.({
      tenant: log.tenant,
      walked: walks.reduce((sum, w) => sum + w.walked, 0),
      total: segments.reduce((sum, s) => sum + s.checked.anchor.to - s.checked.anchor.from + 1, 0),
    });
  }
  return segmentsReport({ log, source, findings, walks, anchors: count });
}
