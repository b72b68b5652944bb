import { isSealtrailError } from '@sealtrail/format';
import {
  openKeyFile,
  Publisher,
  policySinks,
  readPolicyFile,
  readSinks,
  type SinkState,
  type StoredCheckpoint,
} from '@sealtrail/publisher';
import { openStore, type SealResult, sealTenants } from '@sealtrail/store';
import { acceptCheckpoint, readNote, type Signer } from '@sealtrail/tlog';
import { printableLines } from '@sealtrail/verifier/cli';
import type { Command } from 'commander';
import { collect, count, run } from './run.ts';
import { refusedLines } from './seal.ts';

interface Flags {
  readonly log: string;
  readonly key: readonly string[];
  readonly sinks?: string;
  readonly policy?: string;
  readonly seal: boolean;
  readonly json?: boolean;
}

export function addPublish(command: Command): Command {
  return command
    .description(
      'Seal, sign a checkpoint over all seals, publish it, and bring it to witnesses and other sinks.',
    )
    .argument('<store>', 'SQLite file or mongodb:// URL')
    .requiredOption('--log <folder>', 'the log’s folder; its part "public" is what to publish')
    .requiredOption(
      '--key <file>',
      'key file, made by "sealtrail key new"; several during a change of keys',
      collect,
    )
    .option('--policy <file>', 'policy whose witnesses with an address are asked for cosignatures')
    .option('--sinks <file>', 'further sinks, as JSON')
    .option('--no-seal', 'sign what is sealed already, without another seal')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
A checkpoint is a few hundred bytes that pin the whole history of every tenant. It is never signed unless everything that was
signed before is still there. sealtrail-worker does all this on a schedule; this command does it once.

A file of sinks; the folder of a directory is there already:
  { "sinks": [
      { "type": "directory", "name": "archive", "path": "/mnt/worm/checkpoints" },
      { "type": "http", "name": "customer", "url": "https://acme.example/checkpoints", "tokenVariable": "ACME_TOKEN" },
      { "type": "rfc3161", "name": "tsa", "url": "https://tsa.example/", "certificates": "tsa.pem" },
      { "type": "witness", "name": "w1", "url": "https://witness.example/", "vkey": "witness.example/w1+..." } ] }

Exit codes: 0 published, and every sink has it; 1 refused: the log does not extend what was signed, a sink knows another history,
or a tenant disappeared, went back or forked since it was sealed; 2 could not run, or a sink could not be reached: run it again.
`,
    )
    .action((location: string, flags: Flags) => run(flags.json, () => publish(location, flags)));
}

async function publish(location: string, flags: Flags): Promise<number> {
  const signers = await Promise.all(flags.key.map(openKeyFile));
  const policy = flags.policy === undefined ? undefined : readPolicyFile(flags.policy);
  const sinks = [
    ...(policy === undefined ? [] : policySinks(policy)),
    ...(flags.sinks === undefined ? [] : readSinks(flags.sinks, process.env)),
  ];
  const store = await openStore(location, { create: false });
  try {
    const publisher = new Publisher({ store, folder: flags.log, signers, sinks });
    try {
      const refused = flags.seal ? (await sealTenants(store)).refused : [];
      const { made } = await publisher.publish();
      const codes = await Promise.all(sinks.map(({ name }) => deliver(publisher, name)));
      const checkpoint = await publisher.newest();
      const states = await publisher.sinks();
      const quorum = policy === undefined || checkpoint === undefined ? null : isAccepted(checkpoint, policy);
      const keys = keysOf(checkpoint, signers);
      const result = { made, checkpoint: checkpoint ?? null, ...keys, quorum, sinks: states, refused };
      console.log(flags.json ? JSON.stringify(result) : describe(result, policy?.quorum !== undefined));
      return Math.max(refused.length > 0 ? 1 : 0, ...codes);
    } finally {
      publisher.close();
    }
  } finally {
    await store.close();
  }
}

/** 0, or the exit code of what stood in the way; it is noted with the sink. */
async function deliver(publisher: Publisher, sink: string): Promise<number> {
  try {
    await publisher.deliver(sink);
    return 0;
  } catch (error) {
    if (isSealtrailError(error, 'checkpoint_refused')) return 1;
    if (isSealtrailError(error)) return 2;
    throw error;
  }
}

function isAccepted({ note }: StoredCheckpoint, policy: Parameters<typeof acceptCheckpoint>[1]): boolean {
  try {
    acceptCheckpoint(note, policy);
    return true;
  } catch (error) {
    if (isSealtrailError(error, 'policy_unmet')) return false;
    throw error;
  }
}

interface Result extends Keys {
  readonly made: boolean;
  readonly checkpoint: StoredCheckpoint | null;
  readonly quorum: boolean | null;
  readonly sinks: readonly SinkState[];
  /** Tenants whose lines in the directory stay as they were sealed before. */
  readonly refused: SealResult['refused'];
}

/** Ids of keys of the log. A checkpoint is signed once: a key that is given later signs the next one. */
interface Keys {
  readonly signed: readonly string[];
  /** Keys that were given, and have not signed. */
  readonly unsigned: readonly string[];
}

function keysOf(checkpoint: StoredCheckpoint | undefined, signers: readonly Signer[]): Keys {
  const given = signers.map(({ key }) => key.id);
  if (checkpoint === undefined) return { signed: [], unsigned: given };
  const { note, origin } = checkpoint;
  const own = readNote(note).signatures.filter(({ name }) => name === origin);
  const signed = own.map(({ id }) => id);
  return { signed, unsigned: given.filter((id) => !signed.includes(id)) };
}

/** @param asked whether the policy asks for witnesses */
function describe(
  { checkpoint, made, signed, unsigned, quorum, sinks, refused }: Result,
  asked: boolean,
): string {
  const lines = refusedLines(refused);
  if (checkpoint === null) return printableLines([...lines, 'nothing was ever sealed']);
  const { size, origin, time } = checkpoint;
  lines.push(
    `checkpoint ${size} of ${origin}, signed ${time}${made ? '' : ' (nothing new since)'}`,
    `signed with ${signed.join(', ')}`,
  );
  for (const id of unsigned) lines.push(`NOT signed with ${id}: a checkpoint is signed once`);
  if (quorum !== null && !asked) lines.push('the policy asks for no witness');
  else if (quorum !== null)
    lines.push(
      quorum ? 'the policy’s quorum has cosigned it' : 'the policy’s quorum has NOT cosigned it yet',
    );
  for (const { name, outstanding, failure } of sinks) {
    const state = outstanding === 0 ? 'has it' : `${count(outstanding, 'checkpoint')} outstanding`;
    lines.push(`${name}: ${state}${failure === null ? '' : `; ${failure.message}`}`);
  }
  return printableLines(lines);
}
