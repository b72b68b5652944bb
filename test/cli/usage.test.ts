import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorCode, type Ran, sealtrail, sealtrailVerify } from './helpers/bins.ts';
import { fill } from './helpers/stores.ts';

const COMMANDS = ['demo', 'append', 'import', 'anchor', 'tenants', 'verify', 'export', 'console'];
const { version } = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve('@sealtrail/cli/package.json')), 'utf8'),
) as { version: string };

function refused(ran: Ran, says: RegExp): void {
  expect(ran.stderr).toMatch(says);
  expect(ran.stderr).not.toMatch(/^\s+at /m);
  expect(ran.stdout).toBe('');
  expect(ran.code).toBe(2);
}

/** A script that asked for JSON gets it, and nothing else. */
function refusedAsJson(ran: Ran, says: RegExp): void {
  const { error } = JSON.parse(ran.stdout) as { error: { code: string; message: string; detail: object } };
  expect(error).toEqual({ code: 'config_invalid', message: expect.stringMatching(says), detail: {} });
  expect(error.message).not.toMatch(/^error:|\n/);
  expect([ran.code, ran.stderr]).toEqual([2, '']);
}

describe('help and version', () => {
  it('sealtrail --help names every command and exits with 0', async () => {
    const ran = await sealtrail(['--help']);
    expect(ran.code).toBe(0);
    for (const command of COMMANDS) expect(ran.stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    expect(ran.stdout).toContain('Exit codes');
  });

  it.each(COMMANDS)('sealtrail %s --help explains the command and exits with 0', async (command) => {
    const ran = await sealtrail([command, '--help']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain(`Usage: sealtrail ${command}`);
    expect(ran.stdout).toContain('Options:');
    expect(ran.stderr).toBe('');
  });

  it('sealtrail-verify --help names its exit codes, and itself in the examples', async () => {
    const ran = await sealtrailVerify(['--help']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('Usage: sealtrail-verify');
    expect(ran.stdout).toContain('$ sealtrail-verify acme.jsonl');
    expect(ran.stdout).toMatch(/0 {2}valid[\s\S]*1 {2}broken[\s\S]*2 {2}could not run/);
  });

  it('both print the version of their package', async () => {
    const [one, other] = await Promise.all([sealtrail(['--version']), sealtrailVerify(['--version'])]);
    expect([one.stdout, one.code]).toEqual([`${version}\n`, 0]);
    expect([other.stdout, other.code]).toEqual([`${version}\n`, 0]);
  });
});

describe('what is needed and may be repeated', () => {
  it.each([
    ['publish', ['audit.db', '--log', 'log'], /required option '--key <file>' not specified/],
    ['witness', ['--key', 'w.key', '--state', 'w.db'], /required option '--log <vkey>' not specified/],
  ])('is asked for by %s', async (command, args, says) => {
    refused(await sealtrail([command, ...args]), says);
  });
});

describe('what the operating system refuses has a code, and JSON where that is asked for', () => {
  const REFUSAL = /^error config_invalid: (?!E[A-Z]+\b).+\n$/;

  it('files and folders that cannot be made', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sealtrail-usage-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    const store = await fill(join(dir, 'audit.db'), { acme: { entries: 3, anchored: 4 } });
    expect((await sealtrail(['seal', store])).code).toBe(0);
    const file = join(dir, 'file');
    await writeFile(file, '');
    for (const args of [
      ['demo', '--dir', file],
      ['prove', store, '--tenant', 'acme', '--entry', '1', '--out', join(dir, 'no', 'proof.json')],
      ['prove', store, '--tenant', 'acme', '--entry', '1', '--out', dir],
    ]) {
      const [text, json] = [await sealtrail(args), await sealtrail([...args, '--json'])];
      expect([text.code, text.stderr, text.stdout]).toEqual([2, expect.stringMatching(REFUSAL), '']);
      expect([json.code, json.stderr, errorCode(json)]).toEqual([2, '', 'config_invalid']);
    }
    expect((await sealtrailVerify([store])).code).toBe(0);
  });

  it('an address at which somebody else listens, and a log that is not there', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sealtrail-usage-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const port = String((other.address() as AddressInfo).port);
    const missing = await sealtrail(['serve-log', join(dir, 'nolog'), '--port', port]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/nothing was published yet/)]);
    await mkdir(join(dir, 'log', 'public'), { recursive: true });
    await writeFile(join(dir, 'log', 'public', 'checkpoint'), '');
    const taken = await sealtrail(['serve-log', join(dir, 'log'), '--port', port]);
    expect([taken.code, taken.stderr]).toEqual([
      2,
      `error config_invalid: somebody else listens at 127.0.0.1:${port}\n`,
    ]);
    // An address for documentation: no machine has it.
    const elsewhere = ['serve-log', join(dir, 'log'), '--host', '192.0.2.1', '--port', '0'];
    expect((await sealtrail(elsewhere)).stderr).toBe(
      'error config_invalid: 192.0.2.1 is no address of this machine\n',
    );
  });
});

describe('a command line that cannot be run exits with 2 and says why', () => {
  it.each<[string, string[], RegExp]>([
    ['no command', [], /Usage: sealtrail/],
    ['an unknown command', ['verfy', 'x'], /unknown command 'verfy'/],
    ['an unknown option', ['anchor', 'x', '--frobnicate'], /unknown option '--frobnicate'/],
    ['append without a store', ['append', '--tenant', 'acme'], /missing required argument 'store'/],
    ['append without a tenant', ['append', 'x.db'], /required option '--tenant <name>' not specified/],
    ['append with a tenant that is no name', ['append', 'x.db', '--tenant', 'a b'], /A tenant is 1 to 128/],
    ['import without a store', ['import', 'x.jsonl', '--tenant', 'acme'], /'--store <store>' not specified/],
    ['import without a tenant', ['import', 'x.jsonl', '--store', 'x.db'], /'--tenant <name>' not specified/],
    [
      'import with an agent that is no reference',
      ['import', 'x.jsonl', '--store', 'x.db', '--tenant', 'a', '--agent', 'a\nb'],
      /An id is 1 to 256 bytes/,
    ],
    [
      'anchor with an empty segment',
      ['anchor', 'x.db', '--max-segment', '0'],
      /whole number from 1 to 65536/,
    ],
    ['anchor with a huge segment', ['anchor', 'x.db', '--max-segment', '65537'], /whole number from 1 to/],
    ['anchor with a tenant that is no name', ['anchor', 'x.db', '--tenant', ''], /A tenant is 1 to 128/],
    ['export with a tenant that is no name', ['export', 'x.db', '--tenant', 'ä'], /A tenant is 1 to 128/],
    ['two locations', ['tenants', 'x.db', 'y.db'], /too many arguments/],
    [
      'a hold on two records',
      [...'hold set x.db --tenant t --id h --by u'.split(' '), '--record=a/1', '--record', 'a/2'],
      /It was 'a\/1' before, and only one can count/,
    ],
    ['two formats', ['export', 'x.db', '--format', 'csv', '--format', 'ocsf'], /It was 'csv' before/],
    [
      'two lists of tools',
      ['import', 'x.jsonl', '--store', 'x.db', '--tenant', 't', '--reads', 'a', '--reads', 'b'],
      /It was 'a' before/,
    ],
    [
      'a folder that is empty',
      ['publish', 'x.db', '--log=', '--key', 'x.key'],
      /'--log <folder>'.*It is empty/,
    ],
    ['an address that is empty', ['serve-log', 'x', '--host', ''], /'--host <address>'.*It is empty/],
    ['one of several that is empty', ['witness', '--log', ''], /'--log <vkey>'.*It is empty/],
  ])('sealtrail: %s', async (_, args, says) => {
    refused(await sealtrail(args), says);
    // Some commands have no such option.
    const either = new RegExp(`${says.source}|^unknown option '--json'$`);
    refusedAsJson(await sealtrail([...args, '--json']), either);
  });

  it('what is given twice alike, or may be given again, is taken', async () => {
    const ran = await sealtrail([...'verify x.db --tenant t --tenant t --json --json'.split(' ')]);
    expect(errorCode(ran)).toBe('source_invalid');
    const keys = await sealtrail([...'publish x.db --log l --key no-1.key --key no-2.key'.split(' ')]);
    expect(keys.stderr).toMatch(/cannot read no-/);
  });

  it.each<[string, string[], RegExp]>([
    ['no location', [], /missing required argument 'location'/],
    ['an unknown option', ['x.db', '--hush'], /unknown option '--hush'/],
    ['a negative position', ['x.db', '--from', '-1'], /whole number from 0/],
    ['a position that is no number', ['x.db', '--to', '1e3'], /whole number from 0/],
    ['a position beyond 2^53', ['x.db', '--to', '9007199254740992'], /whole number from 0/],
    ['a trusted position without hash', ['x.db', '--trusted', '12'], /Give POSITION:HASH/],
    ['a trusted hash in upper case', ['x.db', '--trusted', `1:${'A'.repeat(64)}`], /Give POSITION:HASH/],
    ['a trusted hash without position', ['x.db', '--trusted', `:${'a'.repeat(64)}`], /whole number from 0/],
    ['a trusted position of three parts', ['x.db', '--trusted', `1:${'a'.repeat(64)}:`], /Give POSITION/],
    ['a seal without hash', ['x.db', '--seal', '1'], /Give NUMBER:HASH/],
    ['segments in the wrong order', ['x.db', '--segments', '5-3'], /anchor numbers such as 0,3-5/],
    ['segments with an open end', ['x.db', '--segments', '5-'], /whole number from 0/],
    ['segments without end', ['x.db', '--segments', '0-999999999'], /at most 100000/],
    ['no findings at all', ['x.db', '--max-findings', '0'], /from 1 to 1,000,000/],
    ['a tenant that is no name', ['x.db', '--tenant', 'a/b'], /A tenant is 1 to 128/],
    ['two tenants', ['x.db', '--tenant', 'a', '--tenant', 'b'], /It was 'a' before, and only one can count/],
    ['a policy that is empty', ['x.db', '--policy='], /'--policy <file>'.*It is empty/],
  ])('sealtrail-verify: %s', async (_, args, says) => {
    refused(await sealtrailVerify(args), says);
    refusedAsJson(await sealtrailVerify(['--json', ...args]), says);
  });

  it('as JSON also by commands that have others below them', async () => {
    const args = 'console token create x.db --role admin --json'.split(' ');
    refusedAsJson(await sealtrail(args), /^required option '--name <name>' not specified$/);
    // Behind this, it is an argument.
    refused(await sealtrail(['tenants', 'x.db', '--', '--json']), /too many arguments/);
  });
});
