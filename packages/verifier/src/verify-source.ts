import { type Hash, SEALS_TENANT } from '@sealtrail/format';
import type { Checkpoint } from '@sealtrail/tlog';
import { checkCheckpoint } from './checks/checkpoint.ts';
import { checkDirectory, type DirectoryCheck } from './checks/directory.ts';
import { bundleFinding, Findings } from './findings.ts';
import type { NotChecked, SourceReport, Status, TenantReport, VerifyOptions } from './report.ts';
import type { LogSource } from './source.ts';
import { verifyLog } from './verify-tenant.ts';
import type { WalkInParts } from './walk-through.ts';

export interface VerifyAllOptions
  extends Omit<VerifyOptions, 'from' | 'to' | 'trusted' | 'since' | 'segments' | 'sealed'> {
  /** A seal that was noted earlier: the operator's log must still have it. */
  readonly seal?: { readonly number: number; readonly hash: Hash } | undefined;
  /** A checkpoint that is trusted: the operator's log must still begin with what was signed. */
  readonly checkpoint?: Pick<Checkpoint, 'size' | 'root'> | undefined;
  /** Called with each tenant's report as soon as it is there; nothing is kept. */
  readonly onTenant?: ((report: TenantReport) => void | Promise<void>) | undefined;
}

/**
 * Verifies every log of a source, one after the other.
 *
 * @throws as {@link verifyTenant}; a bundle that is malformed or cut is a finding of the report, not an error
 */
export async function verifyAll(
  source: LogSource,
  options: VerifyAllOptions = {},
  walkInParts?: WalkInParts,
): Promise<SourceReport> {
  const counts: Record<Status, number> = { valid: 0, broken: 0, unverifiable: 0 };
  const findings = new Findings(options.maxFindings);
  let tenants = 0;
  let walked = 0;
  let first: string | undefined;
  let sealed = false;
  try {
    for await (const log of source.logs()) {
      const { seal } = options;
      const trusted = seal && log.tenant === SEALS_TENANT ? { seq: seal.number, hash: seal.hash } : undefined;
      const report = await verifyLog(source, log, { ...options, trusted }, walkInParts);
      sealed ||= log.tenant === SEALS_TENANT;
      tenants++;
      walked += report.walked;
      counts[report.status]++;
      if (report.status !== 'valid') first ??= `${report.tenant}: ${report.summary}`;
      await options.onTenant?.(report);
    }
    for await (const finding of source.indexFaults?.() ?? []) findings.add(finding);
  } catch (error) {
    // What came before was verified; what follows cannot be.
    const finding = bundleFinding(error);
    if (finding === undefined) throw error;
    findings.add(finding);
    first ??= finding.message;
  }
  const noted = Math.max(options.seal?.number ?? -1, (options.checkpoint?.size ?? 0) - 1);
  let directory: DirectoryCheck | undefined;
  try {
    // A bundle has the seals, but not what would be held against them.
    if (sealed && source.directoryChanges !== undefined)
      directory = await checkDirectory(source, noted, findings);
    if (options.checkpoint !== undefined) await checkCheckpoint(source, options.checkpoint, findings);
  } catch (error) {
    // Both read the log of seals once more. A file that was cut in it has its finding already, unless only this says so.
    const finding = bundleFinding(error);
    if (finding === undefined) throw error;
    if (counts.broken === 0 && findings.count === 0) findings.add(finding);
  }
  if (!sealed && options.seal !== undefined) {
    findings.add({
      code: 'sealed_tenant_missing',
      position: null,
      message: `seal ${options.seal.number} was noted, but there is no log of seals here`,
    });
  }
  first ??= findings.list[0]?.message;
  const status: Status =
    counts.broken > 0 || findings.count > 0
      ? 'broken'
      : counts.unverifiable > 0 || tenants === 0
        ? 'unverifiable'
        : 'valid';
  const many = `${tenants.toLocaleString('en-US')} ${tenants === 1 ? 'log' : 'logs'}, ${walked.toLocaleString('en-US')} ${walked === 1 ? 'entry' : 'entries'} walked`;
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
          : `${status}: ${many}; ${first}`,
    seal: sealOf(directory),
    checkpoint: options.checkpoint === undefined ? null : { size: options.checkpoint.size },
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
