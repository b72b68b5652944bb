import { isSealtrailError, SealtrailError } from '@sealtrail/format';
import type { Command } from 'commander';
import { type Input, inputAt } from '../input.ts';
import { defaultThreads, type Threads, verifyAll, verifyTenant } from '../parallel/verify.ts';
import type { Status, TenantReport, VerifyOptions } from '../report.ts';
import type { LogSource } from '../source.ts';
import type { VerifyAllOptions } from '../verify-source.ts';
import { describeVerify, type VerifyFlags } from './options.ts';
import { errorDocument, print, tellError } from './output.ts';
import { ProgressLine } from './progress.ts';
import { renderSource, renderTenant } from './render.ts';
import { refuseUnusedFlags } from './used-flags.ts';
import { trustedCheckpoint, verifyCheckpointIn, verifyProofIn, verifyPublishedAt } from './verify-proofs.ts';

const EXIT_CODES: Readonly<Record<Status, number>> = { valid: 0, broken: 1, unverifiable: 2 };

/**
 * Makes `command` the verify command. Sets `process.exitCode`: 0 valid, 1 broken, 2 could not run or nothing to verify.
 *
 * @param name how the command is called, for its examples
 */
export function addVerify(command: Command, name: string): Command {
  return describeVerify(command, name).action(async (location: string, flags: VerifyFlags) => {
    process.exitCode = await verifyLocation(location, flags).catch((error: unknown) => {
      tellError(error, flags.json);
      return 2;
    });
  });
}

async function verifyLocation(location: string, flags: VerifyFlags): Promise<number> {
  const input = await inputAt(location);
  try {
    return await verifyInput(input, location, flags);
  } finally {
    await input.close?.();
  }
}

async function verifyInput(input: Input, location: string, flags: VerifyFlags): Promise<number> {
  const { kind, piped } = input;
  refuseUnusedFlags(input, location, flags);
  if (kind === 'proof' || kind === 'evidence') return EXIT_CODES[await verifyProofIn(input, flags)];
  if (kind === 'checkpoint') return EXIT_CODES[await verifyCheckpointIn(input, flags)];
  if (kind === 'published') return EXIT_CODES[await verifyPublishedAt(location, flags)];
  const checkpoint = await trustedCheckpoint(flags);
  const progress = new ProgressLine(process.stderr, flags.progress);
  const { from, to, trusted, since, segments, maxFindings } = flags;
  const threads = piped ? 1 : (flags.threads ?? defaultThreads());
  const options: VerifyOptions & Threads = {
    maxFindings,
    threads,
    onProgress: (step) => progress.draw(step),
  };
  const oneLog = { from, to, trusted, since, segments };
  const source = await input.source(flags.database);
  try {
    if (flags.tenant !== undefined) {
      if (flags.seal !== undefined || checkpoint !== undefined) {
        throw new SealtrailError(
          'config_invalid',
          'seals and checkpoints are about a proof, or about all tenants',
        );
      }
      const report = await verifyTenant(source, flags.tenant, { ...options, ...oneLog });
      progress.clear();
      await print(flags.json ? `${JSON.stringify(report)}\n` : renderTenant(report));
      return EXIT_CODES[report.status];
    }
    const given = Object.entries(oneLog).find(([, value]) => value !== undefined);
    if (given !== undefined)
      throw new SealtrailError('config_invalid', `--${given[0]} is about one log: name its --tenant`);
    return EXIT_CODES[
      await verifyEvery(source, { ...options, seal: flags.seal, checkpoint }, flags, progress)
    ];
  } finally {
    progress.clear();
    await source.close();
  }
}

/** Prints each log's report as soon as it is there, so that a store with a million tenants needs no memory for them. */
async function verifyEvery(
  source: LogSource,
  options: VerifyAllOptions & Threads,
  flags: VerifyFlags,
  progress: ProgressLine,
): Promise<Status> {
  let before = '{"logs":[\n';
  const printLog = async (log: TenantReport): Promise<void> => {
    progress.clear();
    await print(flags.json ? `${before}${JSON.stringify(log)}` : renderTenant(log));
    before = ',\n';
  };
  const end = (rest: object): Promise<void> =>
    print(`${before === ',\n' ? '' : before}\n],${JSON.stringify(rest).slice(1)}\n`);
  try {
    const report = await verifyAll(source, { ...options, onTenant: printLog });
    progress.clear();
    await (flags.json ? end(report) : print(renderSource(report)));
    return report.status;
  } catch (error) {
    if (!flags.json || !isSealtrailError(error)) throw error;
    // Reports that are printed already stay, and the document ends as JSON.
    await end(errorDocument(error));
    return 'unverifiable';
  }
}
