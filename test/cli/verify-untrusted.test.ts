import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchorTenant, openStore, proveEntry, sealTenants } from '@sealtrail/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, sealtrail, sealtrailVerify } from './helpers/bins.ts';
import { bundle, fill, tamper } from './helpers/stores.ts';

let dir: string;
let store: string;
let proof: string;
const at = (name: string) => join(dir, name);
const HASH = 'a'.repeat(64);
const KEY = 'example.org/log+5f0ef5ac+AQ==';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-untrusted-'));
  store = await fill(at('audit.db'), { acme: { entries: 5, anchored: 4 } });
  const open = await openStore(store);
  await sealTenants(open);
  await anchorTenant(open, '~seals');
  proof = at('proof.json');
  await writeFile(proof, JSON.stringify(await proveEntry(open, 'acme', 2)));
  await open.close();
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('what a store says of itself', () => {
  const forged = '\u001b[2J\u001b[H all valid: 1 log\nall valid\u009b8m\u202e';
  const shown = '\\u001b[2J\\u001b[H all valid: 1 log\\u000aall valid\\u009b8m\\u202e';

  it('reaches a terminal as text also in an error that nobody foresaw', () => {
    const cli = JSON.stringify(import.meta.resolve('@sealtrail/verifier/cli'));
    const script = `import { endWithTwoOnTrouble } from ${cli}; endWithTwoOnTrouble(); throw new Error(process.argv[1]);`;
    const command = ['--input-type=module', '-e', script, forged.replace('\n', ' ')];
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringContaining(shown.replace('\\u000a', ' '))]);
    expect(stderr).not.toContain('\u001b');
  });

  it('reaches a terminal as text, whatever a name is', async () => {
    const hostile = await fill(at('hostile.db'), { acme: { entries: 2 } });
    tamper(
      hostile,
      'INSERT INTO heads SELECT ?, seq, hash, time, anchor_number, anchor_hash FROM heads',
      forged,
    );
    const [verified, listed] = await Promise.all([
      sealtrailVerify([hostile]),
      sealtrail(['tenants', hostile]),
    ]);
    expect([verified.code, listed.code]).toEqual([1, 0]);
    for (const { stdout } of [verified, listed]) {
      expect(stdout).toContain(shown);
      expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
      expect(stdout).not.toMatch(/^all valid/m);
    }
    expect(verified.stdout).toMatch(/^broken: 2 logs/m);
  });

  it('reaches a terminal as text in an error', async () => {
    const hostile = await fill(at('error.db'), { acme: { entries: 2 } });
    tamper(hostile, 'UPDATE heads SET hash = ?', forged);
    const ran = await sealtrail(['anchor', hostile]);
    expect(ran.code).not.toBe(0);
    expect(ran.stdout + ran.stderr).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
  });
});

describe('a flag that has nothing to do with what is verified', () => {
  it.each<[string, string[], RegExp]>([
    ['--state with no such file', ['--state', 'absent.checkpoint'], /there is no file absent.checkpoint/],
    ['--policy alone', ['--policy', 'any.policy'], /--policy is about a signed checkpoint/],
    ['--key alone', ['--key', KEY], /--key is about a signed checkpoint/],
    ['--log', ['--log', 'log'], /--log says nothing about a store or bundle/],
    ['--no-leaves', ['--no-leaves'], /--no-leaves says nothing/],
    ['--tsa-certificates', ['--tsa-certificates', 'any.pem'], /--tsa-certificates says nothing/],
    ['--database', ['--database', 'other'], /--database is about a mongodb/],
    [
      '--checkpoint and --state',
      ['--checkpoint', 'a', '--state', 'b', '--key', KEY],
      /either --checkpoint or --state/,
    ],
  ])('is refused for a store: %s', async (_, flags, says) => {
    const ran = await sealtrailVerify([store, ...flags]);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^error config_invalid: /);
    expect(ran.stderr).toMatch(says);
    expect(errorCode(await sealtrailVerify([store, ...flags, '--json']))).toBe('config_invalid');
  });

  it.each<[string, string[]]>([
    ['--tenant', ['--tenant', 'acme']],
    ['--from', ['--from', '1']],
    ['--to', ['--to', '1']],
    ['--trusted', ['--trusted', `1:${HASH}`]],
    ['--since', ['--since']],
    ['--segments', ['--segments', '0']],
    ['--checkpoint', ['--checkpoint', 'any']],
    ['--no-leaves', ['--no-leaves']],
  ])('is refused for a proof: %s', async (name, flags) => {
    expect((await sealtrailVerify([proof])).code).toBe(0);
    const ran = await sealtrailVerify([proof, ...flags]);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toBe(`error config_invalid: ${name} says nothing about a proof\n`);
  });

  it('is refused for a proof: --log without the checkpoint that was trusted last', async () => {
    const ran = await sealtrailVerify([proof, '--key', KEY, '--log', at('absent')]);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^error config_invalid: --log is about .* --state/);
  });
});

describe('a proof whose members stand in another order', () => {
  it('is a proof, whichever comes first', async () => {
    const value: object = JSON.parse(await readFile(proof, 'utf8'));
    const moved = at('moved.json');
    for (const [name, first] of Object.entries(value)) {
      await writeFile(moved, JSON.stringify({ [name]: first, ...value }, null, 2));
      const ran = await sealtrailVerify([moved]);
      expect([ran.code, ran.stderr]).toEqual([0, '']);
    }
  });
});

describe('a proof in which a member is there twice', () => {
  it('is none, whichever of the two a reader would take', async () => {
    const text = await readFile(proof, 'utf8');
    const twice = at('twice.json');
    await writeFile(twice, text.replace('"path":', '"path":"AAAA","path":'));
    const ran = await sealtrailVerify([twice]);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^error proof_malformed: .*twice/);
    await writeFile(twice, JSON.stringify(JSON.parse(text), null, 2));
    expect((await sealtrailVerify([twice])).code).toBe(0);
  });
});

describe('a bundle that was cut in its log of seals', () => {
  it('is broken, and not something that could not be run', async () => {
    const lines = (await readFile(await bundle(store), 'utf8')).split('\n');
    const cut = at('cut.jsonl');
    const seals = lines.findIndex((line) => line.startsWith('{"tenant":') && line.includes('~seals'));
    await writeFile(cut, `${lines.slice(0, seals + 3).join('\n')}\n`);
    const [whole, ran, json] = await Promise.all([
      sealtrailVerify([at('log.jsonl')]),
      sealtrailVerify([cut]),
      sealtrailVerify([cut, '--json']),
    ]);
    expect(whole.code).toBe(0);
    expect([ran.code, ran.stderr]).toEqual([1, '']);
    expect(ran.stdout).toMatch(/^broken: 2 logs/m);
    expect([json.code, JSON.parse(json.stdout).status]).toEqual([1, 'broken']);
  });
});
