import { openSource, type SourceReport, type TenantReport } from '@sealtrail/verifier';
import walk from '../../packages/verifier/dist/parallel/thread.js';
import { walkInParts } from '../../packages/verifier/dist/parallel/walk-in-parts.js';
import { verifyAll } from '../../packages/verifier/dist/verify-source.js';

/** What threads do, in this one: parts of a few entries, each walked by a source that is opened for it. */
export interface InParts {
  readonly report: SourceReport;
  readonly reports: Map<string, TenantReport>;
  /** Logs that were put together from parts; the others were walked in one piece. */
  readonly joined: Set<string>;
}

export async function reportsInParts(location: string, entries: number): Promise<InParts> {
  const reports: InParts['reports'] = new Map();
  const joined: InParts['joined'] = new Set();
  const source = await openSource(location, { known: true });
  try {
    const report = await verifyAll(
      source,
      { onTenant: (report: TenantReport) => void reports.set(report.tenant, report) },
      async (job) => {
        const done = await walkInParts(job, { walkers: [walk, walk, walk], entries });
        if (done !== undefined) joined.add(job.log.tenant);
        return done;
      },
    );
    return { report, reports, joined };
  } finally {
    await source.close();
  }
}
