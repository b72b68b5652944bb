import type { DirectoryCheck } from './checks/directory.ts';
import type { Findings } from './findings.ts';
import type { NotChecked, SourceReport, Status, TenantReport } from './report.ts';
import type { LogSource } from './source.ts';
import type { VerifyAllOptions } from './verify-source.ts';
import { count, entryCount } from './words.ts';

/** Adds up the reports of a source's logs, without keeping them. */
export class Tally {
  tenants = 0;
  walked = 0;
  readonly counts: Record<Status, number> = { valid: 0, broken: 0, unverifiable: 0 };
  /** The first log that is not valid, and why. */
  first: string | undefined;

  add({ tenant, status, walked, summary }: TenantReport): void {
    this.tenants++;
    this.walked += walked;
    this.counts[status]++;
    if (status !== 'valid') this.first ??= `${tenant}: ${summary}`;
  }
}

/** The report over a source, from those over its logs and what was found outside of them. */
export function sourceReport(
  source: LogSource,
  { tenants, walked, counts, first }: Tally,
  findings: Findings,
  directory: DirectoryCheck | undefined,
  { checkpoint }: VerifyAllOptions,
): SourceReport {
  const status: Status =
    counts.broken > 0 || findings.count > 0
      ? 'broken'
      : counts.unverifiable > 0 || tenants === 0
        ? 'unverifiable'
        : 'valid';
  const many = `${count(tenants, 'log')}, ${entryCount(walked)} walked`;
  return {
    format: 'sealtrail-report/1',
    status,
    tenants,
    ...counts,
    walked,
    summary:
      status === 'valid'
        ? `all valid: ${many}`
        : tenants === 0 && findings.count === 0
          ? 'not verifiable: there is no log here'
          : `${status}: ${many}; ${first ?? findings.list[0]?.message}`,
    seal: sealOf(directory),
    checkpoint: checkpoint === undefined ? null : { size: checkpoint.size },
    findings: findings.list,
    notChecked: source.directoryChanges === undefined ? [OTHER_LOGS] : [],
  };
}

/** Without the directories of the seals nobody can tell: a bundle is of whatever its writer chose, and so is what was left of one. */
const OTHER_LOGS: NotChecked = {
  code: 'other_logs',
  message:
    'whether these are all logs that were sealed, each as it was sealed: whoever verifies the store sees that',
};

function sealOf(check: DirectoryCheck | undefined): SourceReport['seal'] {
  if (check === undefined || check.seal === null) return null;
  const { number, hash, time } = check.seal;
  return { number, hash, time, tenants: check.tenants };
}
