import type { CheckpointReport } from '../checkpoints/report.ts';
import type { ProofReport } from '../proofs/verify-proof.ts';
import type { SourceReport, TenantReport } from '../report.ts';
import { count, entryCount, number } from '../words.ts';
import { printableLines } from './printable.ts';

// Reports in plain words, one fact a line.

/** The verdict on one log. */
export function renderTenant(report: TenantReport): string {
  const lines = [`${report.tenant}: ${report.summary}`];
  if (report.findingCount > 0) {
    const listed = report.findings.length;
    lines.push(
      `  findings: ${number(report.findingCount)}${listed < report.findingCount ? `, the first ${listed}:` : ''}`,
    );
    for (const finding of report.findings) {
      const where = finding.position === null ? '-' : number(finding.position);
      lines.push(`    ${where}  ${finding.code}  ${finding.message}`);
    }
    lines.push(`  walked: ${entryCount(report.walked)}${rangeOf(report)}`);
  }
  if (report.unanchored !== null) {
    const { from, to, count: open } = report.unanchored;
    lines.push(`  not anchored yet: ${entryCount(open)}, positions ${number(from)} to ${number(to)}`);
  }
  if (report.openings.checked > 0) {
    lines.push(`  sealed values that match their commitments: ${number(report.openings.checked)}`);
  }
  if (report.openings.erased > 0) {
    lines.push(`  sealed values erased and accounted for: ${number(report.openings.erased)}`);
  }
  if (report.openings.unfinished > 0) {
    lines.push(
      `  erasure unfinished: ${number(report.openings.unfinished)} values are still there; run "sealtrail erase" again`,
    );
  }
  for (const note of report.notChecked) lines.push(`  not checked: ${note.message}`);
  if (report.last !== null && report.status === 'valid') {
    const { seq, hash } = report.last;
    lines.push(`  note for next time: --tenant ${report.tenant} --trusted ${seq}:${hash}`);
  }
  return `${printableLines(lines)}\n`;
}

/** The verdict on a proof. */
export function renderProof(report: ProofReport): string {
  const lines = [report.summary];
  for (const { seq, time, type } of report.entries) lines.push(`  ${number(seq)}  ${time}  ${type}`);
  if (report.disclosed > 0)
    lines.push(`  values disclosed that match their commitments: ${number(report.disclosed)}`);
  for (const note of report.notChecked) lines.push(`  not checked: ${note.message}`);
  if (report.seal !== null)
    lines.push(`  note for next time: --seal ${report.seal.number}:${report.seal.hash}`);
  return `${printableLines(lines)}\n`;
}

/** The verdict on a checkpoint. */
export function renderCheckpoint(report: CheckpointReport): string {
  const lines = [report.summary, ...report.notChecked.map((note) => `  not checked: ${note.message}`)];
  return `${printableLines(lines)}\n`;
}

/** The verdict on everything. */
export function renderSource(report: SourceReport): string {
  const lines = [report.summary];
  for (const { code, message } of report.findings) lines.push(`  ${code}  ${message}`);
  if (report.checkpoint !== null && !report.findings.some(({ code }) => code.startsWith('checkpoint_'))) {
    const size = number(report.checkpoint.size);
    lines.push(`  signed: the first ${size} entries of the log of seals are those under the checkpoint`);
  }
  const { seal } = report;
  if (seal !== null) {
    const who = count(seal.tenants, 'tenant has', 'tenants have');
    lines.push(`  sealed: ${who} what seal ${seal.number} of ${seal.time} says`);
    lines.push(`  note for next time: --seal ${seal.number}:${seal.hash}`);
  }
  for (const note of report.notChecked) lines.push(`  not checked: ${note.message}`);
  return `${printableLines(lines)}\n`;
}

function rangeOf({ range }: TenantReport): string {
  return range === null ? '' : `, positions ${number(range.from)} to ${number(range.to)}`;
}
