import { isHash, isName } from '@sealtrail/format';
import { type Command, InvalidArgumentError } from 'commander';

/** What the command line was asked for. */
export interface VerifyFlags {
  readonly tenant?: string;
  readonly database?: string;
  readonly from?: number;
  readonly to?: number;
  readonly trusted?: { readonly seq: number; readonly hash: string };
  readonly since?: boolean;
  readonly segments?: readonly number[];
  readonly seal?: { readonly number: number; readonly hash: string };
  readonly policy?: string;
  readonly key?: string;
  readonly checkpoint?: string;
  readonly state?: string;
  readonly log?: string;
  readonly leaves: boolean;
  readonly tsaCertificates?: string;
  readonly maxFindings: number;
  readonly threads?: number;
  readonly json?: boolean;
  readonly progress: boolean;
}

const EXAMPLES = `
LOCATION is an exported bundle (.jsonl), a proof (.json), an evidence bundle (.jsonl.gz), a signed checkpoint, a published log
(a folder or an https:// address), a SQLite store, or a mongodb:// URL; files are told apart by their content. All of them that are one
file, but for a SQLite store, may come through a pipe, as - or /dev/stdin for standard input, or by the name of the pipe: then nothing of
them is written to a disk. A bundle is read once there, by one thread; --segments, --checkpoint and --state need it as a file.

Examples:
  $ NAME acme.jsonl                              a bundle somebody sent you
  $ gpg -d acme.jsonl.gpg | NAME -               ... encrypted
  $ NAME audit.db --tenant acme                  one tenant of an embedded store
  $ NAME mongodb://db.example/sealtrail --json   everything in production, for a machine
  $ NAME audit.db --tenant acme --trusted 10411:9c1f...e2
                                                 ... and the log still has what you noted last time
  $ NAME audit.db --tenant acme --trusted 10411:9c1f...e2 --since
                                                 only what came after it
  $ NAME audit.db --tenant acme --segments 0,7-9 the chain of anchors, and the entries under four of them
  $ NAME contact-104.json --seal 812:77ab...03   one record's complete history, under a seal that you noted
  $ NAME contact-104.evidence.gz --policy audit.policy --state acme.checkpoint
                                                 ... under a checkpoint that you believe, and remember it
  $ NAME https://audit.example/log --policy audit.policy --state acme.checkpoint
                                                 the newest checkpoint: extended, rolled back or forked since? And all that is published under it
  $ NAME audit.db --state acme.checkpoint        the store still has all that you remember of it

Whom to believe comes from you, never from what is verified: --policy names the log's key, witnesses and how many of them must
have signed (C2SP tlog-policy); --key names the log's key alone.

Exit codes:
  0  valid: every check that ran passed; what was not checked is listed
  1  broken: something was changed; the first position is named
  2  could not run, or there was nothing that could be verified
`;

/** Describes the command: its argument, its options and its help. */
export function describeVerify(command: Command, name: string): Command {
  return command
    .description('Verify a Sealtrail log: every hash, every link, every anchor, from the stored bytes.')
    .argument('<location>', 'what to verify')
    .option('--tenant <name>', 'only this tenant', tenant)
    .option('--database <name>', 'MongoDB database, if the URL does not name it')
    .option('--from <position>', 'walk only from this position', position)
    .option('--to <position>', 'walk only up to this position, inclusive', position)
    .option('--trusted <position:hash>', 'a position and hash that you noted earlier', trusted)
    .option('--since', 'walk only from the trusted position on')
    .option('--segments <numbers>', 'check the anchors and only these segments, such as 0,3-5', segments)
    .option(
      '--seal <number:hash>',
      'a seal that you noted earlier: a proof must lead to it, a store must still have it',
      trustedSeal,
    )
    .option('--policy <file>', 'whose checkpoints you believe: the log, its witnesses, and how many of them')
    .option('--key <vkey>', 'the same with nothing but the log’s key')
    .option('--checkpoint <file>', 'a signed checkpoint that a store must still have')
    .option('--state <file>', 'the checkpoint that you trusted last; made and moved forward by this command')
    .option('--log <location>', 'where the log is published: to show that it only grew since then')
    .option('--no-leaves', 'of a published log only the checkpoint, and not every leaf and tile under it')
    .option('--tsa-certificates <file>', 'PEM of the time-stamping authorities that you believe')
    .option('--max-findings <n>', 'how many findings to list; the count is always exact', count, 100)
    .option(
      '--threads <n>',
      'how many threads walk a long log (default: one for each core, at most 8); 1 needs least memory',
      threads,
    )
    .option('--json', 'print the report as JSON')
    .option('--no-progress', 'no progress on the terminal')
    .addHelpText('after', EXAMPLES.replaceAll('NAME', name));
}

function tenant(value: string): string {
  if (!isName(value))
    throw new InvalidArgumentError('A tenant is 1 to 128 characters of A-Z a-z 0-9 . _ : ~ -');
  return value;
}

function position(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number)) {
    throw new InvalidArgumentError('A position is a whole number from 0.');
  }
  return number;
}

function count(value: string): number {
  const number = position(value);
  if (number < 1 || number > 1_000_000) throw new InvalidArgumentError('Give a number from 1 to 1,000,000.');
  return number;
}

function threads(value: string): number {
  const number = position(value);
  if (number < 1 || number > 1_024) throw new InvalidArgumentError('Give a number from 1 to 1,024.');
  return number;
}

function trusted(value: string): { seq: number; hash: string } {
  return noted(value, 'POSITION:HASH');
}

function noted(value: string, form: string): { seq: number; hash: string } {
  const [seq = '', hash = '', ...rest] = value.split(':');
  if (rest.length > 0 || !isHash(hash)) {
    throw new InvalidArgumentError(`Give ${form}, the hash as 64 lower-case hex digits.`);
  }
  return { seq: position(seq), hash };
}

function trustedSeal(value: string): { number: number; hash: string } {
  const { seq, hash } = noted(value, 'NUMBER:HASH');
  return { number: seq, hash };
}

/** Most segments that one call can ask for, so that a slip of the keyboard does not make a list of a billion. */
const MAX_SEGMENTS = 100_000;

function segments(value: string): number[] {
  const numbers = new Set<number>();
  for (const part of value.split(',')) {
    const [first = '', last = first, ...rest] = part.split('-');
    const from = position(first);
    const to = position(last);
    if (rest.length > 0 || to < from || to - from + numbers.size >= MAX_SEGMENTS) {
      throw new InvalidArgumentError(`Give anchor numbers such as 0,3-5, at most ${MAX_SEGMENTS} of them.`);
    }
    for (let n = from; n <= to; n++) numbers.add(n);
  }
  return [...numbers];
}
