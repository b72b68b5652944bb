import { benchAppend } from './append.ts';
import type { Bed } from './beds/bed.ts';
import { benchLog } from './logs.ts';
import type { Figure } from './measure.ts';
import type { Flags } from './options.ts';
import { benchPrune } from './prune.ts';
import { benchSeal } from './seal.ts';
import { benchServe } from './serve.ts';
import { benchVerify } from './verify.ts';

/** Figures that are measured together: all of them, or none. */
export interface Job {
  readonly name: string;
  readonly run: () => Promise<readonly Figure[]>;
}

export interface JobOptions {
  readonly rounds: number;
  readonly directory: string;
  readonly say: (line: string) => void;
}

const LOG_PARTS: readonly Figure['part'][] = ['partial', 'anchor', 'prove'];

/** What is to be measured at one kind of store: nothing, where a part has nothing to do with it. */
export function jobsOf(bed: Bed, flags: Flags, options: JobOptions): Job[] {
  const { quick, full, only } = flags;
  const { directory, say } = options;
  const onlyBundles = flags.store === 'bundle';
  const bundles = flags.store === undefined ? bed.name === 'sqlite' : onlyBundles;
  const wants = (part: Figure['part']): boolean => only === undefined || only === part;
  const sizes = (...usual: number[]): readonly number[] =>
    flags.sizes ?? (quick ? [2_000] : [...usual, ...(full ? [1_000_000] : [])]);
  const some = quick ? 2_000 : 100_000;
  const jobs: Job[] = [];
  const add = (name: string, run: Job['run']): void => {
    jobs.push({ name: `${name}, ${bed.name}`, run });
  };
  if (wants('append') && !onlyBundles) {
    const appends = { ...options, entries: quick ? 640 : 10_000, callers: [1, 8, 64, 512] };
    add('append', () => benchAppend(bed, appends));
  }
  if (wants('verify')) {
    for (const entries of sizes(10_000, 100_000)) {
      const verify = { ...options, entries, itself: !onlyBundles, bundles };
      add(`verify, ${count(entries)} entries`, () => benchVerify(bed, verify));
    }
  }
  const ofLogs = LOG_PARTS.filter((part) => wants(part) && (part === 'partial' || !onlyBundles));
  if (ofLogs.length > 0 && (only !== 'prove' || bed.name === 'sqlite')) {
    for (const entries of sizes(10_000, 100_000)) {
      const where = { itself: !onlyBundles, directory: bundles ? directory : undefined };
      const log = { ...options, ...where, entries, parts: ofLogs };
      const parts = ofLogs.join(', ');
      add(`${parts}, ${count(entries)} entries`, () => benchLog(bed, log));
    }
  }
  if (wants('seal') && !onlyBundles) {
    add('seal', async () => [await benchSeal(bed, quick ? 100 : 10_000, 1, say)]);
  }
  if (wants('prune') && !onlyBundles && bed.name === 'sqlite') {
    add('prune', async () => [await benchPrune(bed, { entries: some, say })]);
  }
  if (wants('serve') && !onlyBundles) {
    for (const entries of sizes(100_000)) {
      add(`serve, ${count(entries)} entries`, () => benchServe(bed, { ...options, entries }));
    }
  }
  return jobs;
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}
