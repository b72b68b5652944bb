import { type Hash, SEALS_TENANT } from '@sealtrail/format';
import type { Checkpoint } from '@sealtrail/tlog';
import { checkCheckpoint } from './checks/checkpoint.ts';
import { checkDirectory, type DirectoryCheck } from './checks/directory.ts';
import { bundleFinding, Findings } from './findings.ts';
import type { SourceReport, TenantReport, VerifyOptions } from './report.ts';
import type { LogSource } from './source.ts';
import { sourceReport, Tally } from './source-report.ts';
import { verifyLog } from './verify-tenant.ts';
import type { WalkInParts } from './walk-through.ts';

/** Against what the logs of a source are verified besides each other. */
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
  const tally = new Tally();
  const findings = new Findings(options.maxFindings);
  let sealed = false;
  try {
    for await (const log of source.logs()) {
      const { seal } = options;
      const trusted = seal && log.tenant === SEALS_TENANT ? { seq: seal.number, hash: seal.hash } : undefined;
      const report = await verifyLog(source, log, { ...options, trusted }, walkInParts);
      sealed ||= log.tenant === SEALS_TENANT;
      tally.add(report);
      await options.onTenant?.(report);
    }
    for await (const finding of source.indexFaults?.() ?? []) findings.add(finding);
  } catch (error) {
    // What came before was verified; what follows cannot be.
    const finding = bundleFinding(error);
    if (finding === undefined) throw error;
    findings.add(finding);
    tally.first ??= finding.message;
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
    if (tally.counts.broken === 0 && findings.count === 0) findings.add(finding);
  }
  if (!sealed && options.seal !== undefined) {
    findings.add({
      code: 'sealed_tenant_missing',
      position: null,
      message: `seal ${options.seal.number} was noted, but there is no log of seals here`,
    });
  }
  return sourceReport(source, tally, findings, directory, options);
}
