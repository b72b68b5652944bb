import { number } from '../words.ts';
import { checkPublished, type PublishedFault } from './published-leaves.ts';
import type { PublishedLog } from './published-log.ts';
import type { CheckpointReport } from './report.ts';
import { type CheckpointOptions, verifyCheckpoint } from './verify-checkpoint.ts';

/** What whoever verifies a published log believes, and how much of it is looked at. */
export interface PublishedOptions extends Omit<CheckpointOptions, 'consistency'> {
  /** Whether every leaf and every tile is looked at as well; default true. */
  readonly leaves?: boolean | undefined;
}

/** The verdict on a log as it was published. */
export interface PublishedReport extends CheckpointReport {
  /** The newest checkpoint, as it was read. */
  readonly note: string;
  /** Leaves whose hash was recomputed from what is published; null when none was. */
  readonly leaves: { readonly checked: number; readonly fault: PublishedFault | null } | null;
}

/**
 * Verifies the newest checkpoint of a published log, and that what is published is what the checkpoint is over. All of it is
 * attacker-controlled.
 */
export async function verifyPublished(
  log: PublishedLog,
  { leaves = true, ...options }: PublishedOptions,
): Promise<PublishedReport> {
  const note = await log.checkpoint();
  const report = await verifyCheckpoint(note, { ...options, consistency: log.consistency });
  const { checkpoint } = report;
  // Which leaves to hold it against is not known before there is a checkpoint that is believed.
  if (checkpoint === null) return { ...report, note, leaves: null };
  if (!leaves) return { ...report, note, leaves: null, notChecked: [...report.notChecked, NO_LEAVES] };
  const fault = (await checkPublished(log, checkpoint)) ?? null;
  if (fault !== null)
    return { ...withFault(report, fault), note, leaves: { checked: fault.position ?? 0, fault } };
  const summary = `${report.summary}; all ${number(checkpoint.size)} leaves and their tiles are those under it`;
  return { ...report, note, summary, leaves: { checked: checkpoint.size, fault } };
}

/** What stands beside a sound checkpoint is another matter than a log that forked: whoever can write to the web server can change it. */
function withFault(report: CheckpointReport, fault: PublishedFault): CheckpointReport {
  const isBroken = fault.status === 'broken' || report.status === 'broken';
  return {
    ...report,
    status: isBroken ? 'broken' : 'unverifiable',
    summary: `${isBroken ? 'published log broken' : 'published log not shown to be whole'}: ${fault.message}; ${report.summary}`,
  };
}

const NO_LEAVES = {
  code: 'leaves',
  message: 'the leaves and tiles that are published beside the checkpoint',
} as const;
