import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SourceReport, TenantReport } from '@sealtrail/verifier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, type Ran, sealtrail, sealtrailVerify } from './helpers/bins.ts';
import { bundle, fill, makeTable, row, tamper, tamperEntry } from './helpers/stores.ts';

const KEY = 'audit.example/log+3bc589e0+ATMsb5Zp7bBEcPQInxC/QN3HOYtKKHQlq7ZusSawCEjY';

let dir: string;
let store: string;
let file: string;
const at = (name: string) => join(dir, name);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-verify-'));
  // Twelve entries with the genesis, of which segments 0-3 and 4-7 are anchored; and a smaller log.
  store = await fill(at('audit.db'), { acme: { entries: 11, anchored: 8 }, beta: { entries: 2 } });
  file = await bundle(store);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function hashAt(seq: number): string {
  return row<{ hash: string }>(store, "SELECT hash FROM entries WHERE tenant = 'acme' AND seq = ?", seq).hash;
}
const logs = (ran: Ran) => JSON.parse(ran.stdout) as SourceReport & { logs: TenantReport[] };
const one = (ran: Ran) => JSON.parse(ran.stdout) as TenantReport;
const acme = (...flags: string[]) => sealtrailVerify([store, '--tenant', 'acme', ...flags]);
const acmeJson = (...flags: string[]) => acme('--json', ...flags);
const notChecked = (report: TenantReport) => report.notChecked.map(({ code }) => code);

describe('a good log', () => {
  it.each([
    ['store', () => store],
    ['bundle', () => file],
  ])('in a %s is valid, with exit code 0 and the range walked', async (_, location) => {
    const ran = await sealtrailVerify([location()]);
    expect(ran.stdout).toContain(
      'acme: chain valid: 12 entries walked, positions 0 to 11, anchored up to 7\n  not anchored yet: 4 entries, positions 8 to 11\n',
    );
    expect(ran.stdout).toContain(`note for next time: --tenant acme --trusted 11:${hashAt(11)}`);
    expect(ran.stdout).toContain('all valid: 2 logs, 15 entries walked');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
  });

  it('gives the same verdict by both commands', async () => {
    const [alone, sub] = await Promise.all([sealtrailVerify([file]), sealtrail(['verify', file])]);
    expect(sub).toEqual(alone);
  });

  it('prints one JSON document with --json, with a report for each log', async () => {
    const ran = await sealtrailVerify([store, '--json']);
    const report = logs(ran);
    expect(ran.code).toBe(0);
    expect(report).toMatchObject({ format: 'sealtrail-report/1', status: 'valid', tenants: 2, walked: 15 });
    expect(report.logs.map(({ tenant, walked }) => [tenant, walked])).toEqual([
      ['acme', 12],
      ['beta', 3],
    ]);
  });

  it('prints only the chosen tenant with --tenant', async () => {
    const ran = await acme();
    expect(ran.stdout).toMatch(/^acme: chain valid: 12 entries/);
    expect(ran.stdout).not.toContain('beta');
    expect(ran.code).toBe(0);
  });
});

describe('parts of a log', () => {
  it('walks --from to --to and says what it left out', async () => {
    const report = one(await acmeJson('--from', '3', '--to', '6'));
    expect(report).toMatchObject({ status: 'valid', walked: 4, range: { from: 3, to: 6 } });
    expect(notChecked(report)).toEqual(expect.arrayContaining(['positions_before', 'positions_after']));
  });

  it('has the log compared with a --trusted position', async () => {
    const good = await acmeJson('--trusted', `5:${hashAt(5)}`);
    expect([good.code, one(good).status, one(good).walked]).toEqual([0, 'valid', 12]);
    const bad = await acmeJson('--trusted', `5:${hashAt(6)}`);
    expect(bad.code).toBe(1);
    expect(one(bad)).toMatchObject({ status: 'broken', position: 5, findingCodes: { trusted_mismatch: 1 } });
  });

  it('is broken when the trusted position lies beyond its end', async () => {
    const ran = await acmeJson('--trusted', `99:${hashAt(11)}`);
    expect(ran.code).toBe(1);
    expect(one(ran).findingCodes).toHaveProperty('trusted_mismatch');
  });

  it('walks only what came after the trusted position with --since', async () => {
    const ran = await acmeJson('--trusted', `5:${hashAt(5)}`, '--since');
    expect(ran.code).toBe(0);
    expect(one(ran)).toMatchObject({ status: 'valid', walked: 7, range: { from: 5, to: 11 } });
    expect(notChecked(one(ran))).toContain('positions_before');
  });

  it('walks only the chosen --segments, and says that it left others out', async () => {
    const ran = await acmeJson('--segments', '1');
    expect(ran.code).toBe(0);
    expect(one(ran)).toMatchObject({ status: 'valid', walked: 4, range: { from: 4, to: 7 } });
    expect(notChecked(one(ran))).toContain('segments_unselected');
    const both = one(await acmeJson('--segments', '0-1'));
    expect(both.walked).toBe(8);
  });
});

describe('contradicting options exit with 2', () => {
  const hash = 'a'.repeat(64);
  it.each<[string, string[], RegExp]>([
    ['--since alone', ['--tenant', 'acme', '--since'], /since needs a trusted position/],
    [
      '--since with --from',
      ['--tenant', 'acme', '--since', '--trusted', `1:${hash}`, '--from', '1'],
      /since and from exclude each other/,
    ],
    ['--segments with --from', ['--tenant', 'acme', '--segments', '0', '--from', '1'], /segments exclude/],
    ['--to before --from', ['--tenant', 'acme', '--from', '5', '--to', '2'], /range 5 to 2 is empty/],
    [
      'a trusted position outside the range',
      ['--tenant', 'acme', '--from', '3', '--trusted', `1:${hash}`],
      /lies outside the range/,
    ],
    ['--from for every log', ['--from', '1'], /--from is about one log: name its --tenant/],
    ['--trusted for every log', ['--trusted', `1:${hash}`], /--trusted is about one log/],
    ['--segments for every log', ['--segments', '0'], /--segments is about one log/],
    ['--since for every log', ['--since'], /--since is about one log/],
  ])('%s', async (_, flags, says) => {
    const [ran, json] = await Promise.all([
      sealtrailVerify([store, ...flags]),
      sealtrailVerify([store, ...flags, '--json']),
    ]);
    expect(ran.stderr).toMatch(/^error config_invalid: /);
    expect(ran.stderr).toMatch(says);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect([json.code, errorCode(json)]).toEqual([2, 'config_invalid']);
  });
});

describe('a tampered log', () => {
  it('is broken at the position that was changed, with exit code 1; other logs keep their verdict', async () => {
    const changed = await fill(at('changed.db'), { acme: { entries: 9, anchored: 8 }, beta: { entries: 3 } });
    tamperEntry(changed, 'acme', 6);
    const ran = await sealtrailVerify([changed]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^acme: chain broken at position 6: /);
    expect(ran.stdout).toContain('    6  hash_mismatch  ');
    expect(ran.stdout).toContain('beta: chain valid: 4 entries walked');
    expect(ran.stdout).toMatch(/^broken: 2 logs/m);
    const json = await sealtrailVerify([changed, '--json']);
    expect(json.code).toBe(1);
    expect(logs(json)).toMatchObject({ status: 'broken', broken: 1, valid: 1 });
    expect(logs(json).logs[0]).toMatchObject({ tenant: 'acme', position: 6 });
  });

  it('is broken at the first missing position when its end was cut off', async () => {
    const cut = await fill(at('cut.db'), { acme: { entries: 5 } });
    tamper(cut, "DELETE FROM entries WHERE tenant = 'acme' AND seq >= 4");
    const ran = await sealtrailVerify([cut, '--json']);
    expect(ran.code).toBe(1);
    expect(logs(ran).logs[0]).toMatchObject({ status: 'broken', position: 4 });
    expect(logs(ran).logs[0]?.findingCodes).toHaveProperty('truncated');
  });

  it('lists at most --max-findings of them and counts them all', async () => {
    const many = await fill(at('many.db'), { acme: { entries: 9 } });
    for (const seq of [2, 4, 6]) tamperEntry(many, 'acme', seq);
    const report = one(await sealtrailVerify([many, '--tenant', 'acme', '--json', '--max-findings', '2']));
    expect(report.findings).toHaveLength(2);
    expect(report.findingCount).toBeGreaterThanOrEqual(3);
    expect(report.position).toBe(2);
  });

  it('in a bundle: a changed line, and a file that was cut', async () => {
    const text = await readFile(file, 'utf8');
    const changed = at('changed.jsonl');
    await writeFile(changed, text.replace('"proposal":"p-3"', '"proposal":"p-4"'));
    const broken = await sealtrailVerify([changed]);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain('acme: chain broken at position 3');

    const cut = at('cut.jsonl');
    await writeFile(cut, text.slice(0, text.indexOf('\n', text.length / 2) + 1));
    const truncated = await sealtrailVerify([cut]);
    expect(truncated.code).toBe(1);
    expect(truncated.stdout).toContain('bundle_truncated');
  });
});

describe('what cannot be verified exits with 2', () => {
  it.each<[string, () => Promise<string> | string]>([
    ['a file that is not there', () => at('nowhere.db')],
    ['a directory', () => dir],
    ['a text file', () => written('notes.txt', 'just some notes\n')],
    ['JSON Lines that are no bundle', () => written('other.jsonl', '{"a":1}\n{"a":2}\n')],
    ['bytes', () => written('bytes.bin', Buffer.from([0xff, 0x00, 0xfe, 0x01]))],
    ['an address of something else', () => 'postgres://db.example/audit'],
    [
      'a SQLite file that is no store',
      () => {
        makeTable(at('shop.db'));
        return at('shop.db');
      },
    ],
  ])('%s', async (_, make) => {
    const location = await make();
    const [ran, json] = await Promise.all([
      sealtrailVerify([location]),
      sealtrailVerify([location, '--json']),
    ]);
    expect(ran.stderr).toMatch(/^error \w+: .*\n$/);
    expect(ran.code).toBe(2);
    expect(json.code).toBe(2);
    expect(errorCode(json)).toMatch(/^(?:source_invalid|store_layout|bundle_malformed|bundle_truncated)$/);
  });

  it.each<[string, RegExp, () => Promise<string> | string]>([
    ['a file that is not there', /there is no file /, () => at('nowhere.db')],
    ['a folder of other files', /has no file "checkpoint"/, () => dir],
    ['a text file', /begins like nothing that is known/, () => written('notes.txt', 'just some notes\n')],
    ['the same in gzip', /begins like nothing/, () => written('notes.gz', gzipSync('just some notes\n'))],
    ['an empty file', / is empty/, () => written('empty.jsonl', '')],
  ])('%s, whatever flags it is given, and says what can be', async (_, why, make) => {
    const location = await make();
    for (const flags of [[], ['--key', KEY], ['--seal', `1:${'a'.repeat(64)}`]]) {
      const ran = await sealtrailVerify([location, ...flags]);
      expect([ran.code, ran.stdout]).toEqual([2, '']);
      expect(ran.stderr).toMatch(why);
      expect(ran.stderr).toMatch(/^error source_invalid: .*: what can be verified is a bundle, a proof, /);
    }
  });

  it('what comes through a pipe and is of no known kind', async () => {
    const ran = await sealtrailVerify(['-'], 'just some notes\n');
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^error source_invalid: standard input begins .*: what can be verified is /);
  });

  it('a bundle that an editor worked on, as a bundle', async () => {
    const text = await readFile(file, 'utf8');
    for (const worked of [`\uFEFF${text}`, text.replace('{"bundle":', '{ "bundle": ')]) {
      const ran = await sealtrailVerify([await written('worked.jsonl', worked), '--json']);
      expect([ran.code, errorCode(ran)]).toEqual([2, 'bundle_malformed']);
    }
  });

  it('evidence and a checkpoint that an editor worked on, as what they are', async () => {
    const evidence = await written('worked.evidence', '\uFEFF{"evidence":{}}\n');
    expect(errorCode(await sealtrailVerify([evidence, '--json']))).toBe('bundle_malformed');
    const lines = ['audit.example/log', '3', `${'A'.repeat(43)}=`, '', '— audit.example/log AAAA', ''];
    const ran = await sealtrailVerify([await written('worked.checkpoint', lines.join('\r\n')), '--key', KEY]);
    expect([ran.code, ran.stdout]).toEqual([1, expect.stringMatching(/^checkpoint refused: .*note/)]);
  });

  it('a tenant that is not there', async () => {
    const ran = await sealtrailVerify([store, '--tenant', 'nobody', '--json']);
    expect(ran.code).toBe(2);
    expect(one(ran)).toMatchObject({ status: 'unverifiable', walked: 0 });
    expect(one(ran).summary).toContain('no log of tenant nobody');
  });

  it('a store without any log', async () => {
    const empty = await fill(at('empty.db'), {});
    const ran = await sealtrailVerify([empty]);
    expect([ran.code, ran.stdout]).toEqual([2, 'not verifiable: there is no log here\n']);
  });

  async function written(name: string, content: string | Buffer): Promise<string> {
    await writeFile(at(name), content);
    return at(name);
  }
});
