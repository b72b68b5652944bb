import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorCode, jsonLines, sealtrail, sealtrailCutOff, sealtrailVerify } from './helpers/bins.ts';
import { fill, tamperEntry } from './helpers/stores.ts';

let dir: string;
let store: string;
let out: string;
let file: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-export-'));
  store = await fill(join(dir, 'audit.db'), {
    acme: { entries: 9, anchored: 8 },
    beta: { entries: 2 },
    cato: { entries: 1 },
  });
});
beforeEach(async () => {
  out = await mkdtemp(join(dir, 'out-'));
  file = join(out, 'log.jsonl');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const bundleLines = async () => jsonLines(await readFile(file, 'utf8'));
const tenantsIn = (lines: Record<string, unknown>[]) =>
  lines.flatMap((line) => ('tenant' in line ? [(line['tenant'] as { tenant: string }).tenant] : []));

describe('sealtrail export', () => {
  it('writes one bundle with every log, which verifies alone', async () => {
    const ran = await sealtrail(['export', store, '--out', file]);
    expect(ran).toEqual({ code: 0, stdout: `${file}: 3 logs, 15 entries, 2 anchors\n`, stderr: '' });
    expect(await readdir(out)).toEqual(['log.jsonl']);
    const verified = await sealtrailVerify([file]);
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringContaining('all valid: 3 logs, 15 entries walked'),
    ]);
  });

  it('writes the same bundle to standard output without --out', async () => {
    const [ran] = await Promise.all([
      sealtrail(['export', store]),
      sealtrail(['export', store, '--out', file]),
    ]);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    // Only the time in the first line differs.
    expect(jsonLines(ran.stdout).slice(1)).toEqual((await bundleLines()).slice(1));
  });

  it('writes only the chosen tenants, each once and in order however they were given', async () => {
    const flags = ['cato', 'acme', 'cato'].flatMap((tenant) => ['--tenant', tenant]);
    const ran = await sealtrail(['export', store, '--out', file, ...flags, '--json']);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toEqual({ tenants: 2, entries: 12, anchors: 2, file });
    expect(tenantsIn(await bundleLines())).toEqual(['acme', 'cato']);
    expect((await sealtrailVerify([file])).code).toBe(0);
  });

  it('leaves every sealed value out with --withhold, and the bundle says so and verifies', async () => {
    expect((await sealtrail(['export', store, '--out', file, '--withhold'])).code).toBe(0);
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain('reason');
    expect(text).not.toContain('"openings":{');
    expect((await bundleLines())[0]).toMatchObject({ bundle: { openings: 'withheld' } });
    const verified = await sealtrailVerify([file]);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toContain('not checked: ');
    // What is not there cannot be put back.
    const again = await sealtrail(['export', file, '--out', join(out, 'again.jsonl'), '--json']);
    expect([again.code, errorCode(again)]).toEqual([2, 'config_invalid']);
  });

  it('makes a bundle of a bundle', async () => {
    await sealtrail(['export', store, '--out', file]);
    const part = join(out, 'part.jsonl');
    expect((await sealtrail(['export', file, '--out', part, '--tenant', 'beta'])).code).toBe(0);
    expect(tenantsIn(jsonLines(await readFile(part, 'utf8')))).toEqual(['beta']);
    expect((await sealtrailVerify([part])).code).toBe(0);
  });
});

describe('a file that is exported', () => {
  it.skipIf(process.platform === 'win32').each([['bundle'], ['csv', '--tenant', 'acme']])(
    'as %s is its owner’s alone, and no link that somebody left there is followed',
    async (format, ...args) => {
      const precious = join(out, 'precious');
      await writeFile(precious, 'precious');
      await symlink(precious, `${file}.partial`);
      const ran = await sealtrail(['export', store, '--out', file, '--format', format, ...args]);
      expect(ran.code).toBe(0);
      expect(await readFile(precious, 'utf8')).toBe('precious');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await readdir(out)).sort()).toEqual(['log.jsonl', 'log.jsonl.partial', 'precious']);
      if (format === 'bundle') expect((await sealtrailVerify([file])).code).toBe(0);
    },
  );

  it('is whole when two are written to one name at once', async () => {
    const ran = await Promise.all([1, 2].map(() => sealtrail(['export', store, '--out', file])));
    expect(ran.map(({ code }) => code)).toEqual([0, 0]);
    expect(await readdir(out)).toEqual(['log.jsonl']);
    expect((await sealtrailVerify([file])).code).toBe(0);
  });
});

describe('what is not exported leaves no file', () => {
  it.skipIf(process.platform === 'win32').each([['bundle'], ['csv', '--tenant', 'acme']])(
    'as %s on a disk that is full',
    async (format, ...args) => {
      const bundle = join(out, 'bundle.jsonl');
      expect((await sealtrail(['export', store, '--out', bundle])).code).toBe(0);
      const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
      // A limit on the size of files is what a full disk is like.
      const limited = 'trap "" XFSZ; ulimit -f 1; exec "$0" "$@"';
      const command = ['export', bundle, '--out', file, '--format', format, ...args];
      const ran = spawnSync('sh', ['-c', limited, process.execPath, main, ...command], { encoding: 'utf8' });
      expect([ran.status, ran.stderr, ran.stdout]).toEqual([
        2,
        expect.stringMatching(/^error config_invalid: cannot write .*log\.jsonl: EFBIG/),
        '',
      ]);
      expect(await readdir(out)).toEqual(['bundle.jsonl']);
    },
  );

  it('where a file is in the place of its folder: that is said, and not what a draft is called', async () => {
    await writeFile(join(out, 'taken'), '');
    const ran = await sealtrail(['export', store, '--out', join(out, 'taken', 'log.jsonl')]);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/^error config_invalid: cannot write .*log\.jsonl: .*taken leads through/);
    expect(await readdir(out)).toEqual(['taken']);
  });

  it('a broken log: exit code 1', async () => {
    const broken = await fill(join(out, 'broken.db'), { acme: { entries: 5 }, beta: { entries: 5 } });
    tamperEntry(broken, 'beta', 3);
    const [ran, json] = await Promise.all([
      sealtrail(['export', broken, '--out', file]),
      sealtrail(['export', broken, '--out', `${file}2`, '--json']),
    ]);
    expect([ran.code, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr).toMatch(/^error segment_broken: .*\n$/);
    expect([json.code, errorCode(json)]).toEqual([1, 'segment_broken']);
    // What SQLite puts beside the store comes and goes with those who have it open.
    expect((await readdir(out)).filter((name) => !name.startsWith('broken.db'))).toEqual([]);
  });

  it('and an older bundle of that name stays as it is', async () => {
    await sealtrail(['export', store, '--out', file]);
    const older = await readFile(file, 'utf8');
    const broken = await fill(join(out, 'broken.db'), { acme: { entries: 5 } });
    tamperEntry(broken, 'acme', 3);
    expect((await sealtrail(['export', broken, '--out', file])).code).toBe(1);
    expect(await readFile(file, 'utf8')).toBe(older);
  });

  it('a tenant that is not there, a place that cannot be written: exit code 2', async () => {
    const [tenant, folder, missing] = await Promise.all([
      sealtrail(['export', store, '--out', file, '--tenant', 'acme', '--tenant', 'nobody', '--json']),
      sealtrail(['export', store, '--out', out]),
      sealtrail(['export', store, '--out', join(out, 'no', 'such', 'folder')]),
    ]);
    expect([tenant.code, errorCode(tenant)]).toEqual([2, 'source_invalid']);
    for (const ran of [folder, missing]) {
      expect([ran.code, ran.stdout]).toEqual([2, '']);
      expect(ran.stderr).toMatch(/^error.*\n$/);
    }
    expect(await readdir(out)).toEqual([]);
  });

  it('never replaces the store that is exported', async () => {
    const ran = await sealtrail(['export', store, '--out', store, '--json']);
    expect([ran.code, errorCode(ran)]).toEqual([2, 'config_invalid']);
    expect((await sealtrailVerify([store])).code).toBe(0);
  });

  it('says of a proof that it is one', async () => {
    const proof = join(out, 'proof.json');
    await writeFile(proof, '{"format":"sealtrail-entry-proof/1"}\n');
    const ran = await sealtrail(['export', proof]);
    expect([ran.code, ran.stderr, ran.stdout]).toEqual([
      2,
      'error source_invalid: this is a proof: "sealtrail verify" says what is in it\n',
      '',
    ]);
  });

  it('refuses a summary where the bundle goes', async () => {
    const ran = await sealtrail(['export', store, '--json']);
    expect([ran.code, errorCode(ran)]).toEqual([2, 'config_invalid']);
  });

  it('ends without a word when nobody reads on', async () => {
    const large = await fill(join(out, 'large.db'), { acme: { entries: 3_000 } });
    const ran = await sealtrailCutOff(['export', large]);
    expect([ran.code, ran.stderr]).toEqual([2, '']);
  });
});
