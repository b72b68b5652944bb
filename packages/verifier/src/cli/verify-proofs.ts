import { type SealCheckpoint, SealtrailError } from '@sealtrail/format';
import type { Checkpoint, Policy } from '@sealtrail/tlog';
import { openPublishedLog } from '../checkpoints/published-log.ts';
import type { CheckpointReport, Relation } from '../checkpoints/report.ts';
import { readState, readText, readTrust, writeState } from '../checkpoints/trust-files.ts';
import { verifyCheckpoint } from '../checkpoints/verify-checkpoint.ts';
import { verifyPublished } from '../checkpoints/verify-published.ts';
import { verifyEvidence } from '../evidence/verify-evidence.ts';
import type { Input } from '../input.ts';
import { readTextFile } from '../location.ts';
import { type ProofReport, readProof, verifyParsedProof } from '../proofs/verify-proof.ts';
import { vouchFor } from '../proofs/vouch.ts';
import type { Status } from '../report.ts';
import type { VerifyFlags } from './options.ts';
import { print } from './output.ts';
import { renderCheckpoint, renderProof } from './render.ts';

/** Verifies a proof file or an evidence bundle, and notes the checkpoint that it leads to. */
export async function verifyProofIn(input: Input, flags: VerifyFlags): Promise<Status> {
  const policy = readTrust(flags);
  const trust = { seal: flags.seal, policy };
  let first: ProofReport;
  let given: SealCheckpoint | undefined;
  if (input.kind === 'evidence') {
    const evidence = await input.evidence();
    first = verifyEvidence(evidence, trust);
    given = evidence.proof.checkpoint;
  } else {
    const proof = readProof(await input.text());
    first = verifyParsedProof(proof, trust);
    given = proof.checkpoint;
  }
  if (policy === undefined) {
    needPolicy(flags);
    await print(flags.json ? `${JSON.stringify(first)}\n` : renderProof(first));
    return first.status;
  }
  const report = await vouchFor(first, given, {
    policy,
    last: lastOf(flags),
    consistency: flags.log === undefined ? undefined : openPublishedLog(flags.log).consistency,
    certificates: flags.tsaCertificates === undefined ? undefined : readText(flags.tsaCertificates),
  });
  if (report.status === 'valid') note(flags.state, report.relation, given?.note);
  await print(flags.json ? `${JSON.stringify(report)}\n` : renderProof(report));
  return report.status;
}

/** Verifies a signed checkpoint. */
export async function verifyCheckpointIn(input: Input, flags: VerifyFlags): Promise<Status> {
  const policy = needPolicyFor(flags);
  const note = await input.text();
  const consistency = flags.log === undefined ? undefined : openPublishedLog(flags.log).consistency;
  const report = await verifyCheckpoint(note, { policy, last: lastOf(flags), consistency });
  return told(report, note, flags);
}

/** Verifies the newest checkpoint of a log as it was published, and all that is published under it. */
export async function verifyPublishedAt(location: string, flags: VerifyFlags): Promise<Status> {
  const policy = needPolicyFor(flags);
  const options = { policy, last: lastOf(flags), leaves: flags.leaves };
  const { note, ...report } = await verifyPublished(openPublishedLog(location), options);
  return told(report, note, flags);
}

function needPolicyFor(flags: VerifyFlags): Policy {
  const policy = readTrust(flags);
  if (policy !== undefined) return policy;
  throw new SealtrailError('config_invalid', 'whose checkpoint? Give --key or --policy');
}

function lastOf({ state }: VerifyFlags): Checkpoint | undefined {
  return state === undefined ? undefined : readState(state);
}

async function told(report: CheckpointReport, text: string, flags: VerifyFlags): Promise<Status> {
  if (report.status === 'valid') note(flags.state, report.relation, text);
  await print(flags.json ? `${JSON.stringify(report)}\n` : renderCheckpoint(report));
  return report.status;
}

/** The checkpoint that a store must still have, as the flags name it. @throws SealtrailError as `acceptCheckpoint` */
export async function trustedCheckpoint(
  flags: VerifyFlags,
): Promise<{ size: number; root: string } | undefined> {
  if (flags.checkpoint === undefined) {
    if (flags.state === undefined) return undefined;
    const state = readState(flags.state);
    // Nothing about a store makes one: without this, a file name with a slip in it would pass for a check.
    if (state === undefined) throw new SealtrailError('config_invalid', `there is no file ${flags.state}`);
    return state;
  }
  const policy = readTrust(flags);
  if (policy === undefined) {
    throw new SealtrailError('config_invalid', '--checkpoint: whose? Give --key or --policy');
  }
  const report = await verifyCheckpoint(readTextFile(flags.checkpoint), { policy });
  if (report.checkpoint === null) throw new SealtrailError('note_unverified', report.summary);
  return report.checkpoint;
}

/** What moves the state forward: a checkpoint that is accepted and is shown to extend the one noted. */
const FORWARD: readonly (Relation | null)[] = ['first_seen', 'extended'];

function note(state: string | undefined, relation: Relation | null, text: string | undefined): void {
  if (state !== undefined && text !== undefined && FORWARD.includes(relation)) writeState(state, text);
}

function needPolicy(flags: VerifyFlags): void {
  const given = (['state', 'log', 'tsaCertificates'] as const).find((flag) => flags[flag] !== undefined);
  if (given !== undefined) {
    throw new SealtrailError('config_invalid', 'checkpoints are of somebody: give --key or --policy as well');
  }
}
