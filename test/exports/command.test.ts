import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENTRY_FORMATS } from '@sealtrail/views/export';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorCode, jsonLines, sealtrail, sealtrailCutOff, sealtrailVerify } from '../cli/helpers/bins.ts';
import { bundle, fill, tamperEntry } from '../cli/helpers/stores.ts';
import { parseCsv } from './helpers/csv-parser.ts';

let dir: string;
let store: string;
let out: string;
let file: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-exports-'));
  store = await fill(join(dir, 'audit.db'), { acme: { entries: 9, anchored: 8 }, beta: { entries: 2 } });
});
beforeEach(async () => {
  out = await mkdtemp(join(dir, 'out-'));
  file = join(out, 'acme.out');
});
afterAll(async () => {
  const verified = await sealtrailVerify([store]);
  await rm(dir, { recursive: true, force: true });
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('all valid: 2 logs')]);
});

const exported = (...args: string[]) => sealtrail(['export', store, '--tenant', 'acme', ...args]);

function linesOf(format: string, text: string): number {
  return format === 'csv' ? parseCsv(text).length - 1 : jsonLines(text).length;
}

describe.each(ENTRY_FORMATS)('sealtrail export --format %s', (format) => {
  it('writes a file, and says on standard error what it is and that it is not verified', async () => {
    const ran = await exported('--format', format, '--out', file);
    expect(ran).toEqual({
      code: 0,
      stdout: '',
      stderr: `${file}: 10 entries, positions 0 to 9 of acme, sealed values withheld; not verified\n`,
    });
    expect(await readdir(out)).toEqual(['acme.out']);
    const text = await readFile(file, 'utf8');
    expect(linesOf(format, text)).toBe(10);
    expect(text).not.toContain('reason 1');
  });

  it('writes the same to standard output, with --out - or without --out', async () => {
    const [dash, none] = await Promise.all([
      exported('--format', format, '--out', '-'),
      exported('--format', format),
      exported('--format', format, '--out', file),
    ]);
    expect(dash.stdout).toBe(await readFile(file, 'utf8'));
    expect(none.stdout).toBe(dash.stdout);
    for (const { code, stderr } of [dash, none]) {
      expect([code, stderr]).toEqual([
        0,
        '-: 10 entries, positions 0 to 9 of acme, sealed values withheld; not verified\n',
      ]);
    }
  });

  it('prints the summary as JSON with --json, and includes values when asked', async () => {
    const flags = ['--format', format, '--out', file, '--values', 'included', '--from', '2', '--to', '4'];
    const ran = await exported(...flags, '--json');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(JSON.parse(ran.stdout)).toEqual({
      tenant: 'acme',
      format,
      values: 'included',
      entries: 3,
      first: { seq: 2, hash },
      last: { seq: 4, hash },
      verified: false,
      file,
    });
    const text = await readFile(file, 'utf8');
    for (const n of [2, 3, 4]) expect(text).toContain(`reason ${n}`);
    expect(text).not.toContain('reason 5');
  });

  it('leaves no file and an older one as it was when the log is broken: exit code 1', async () => {
    const broken = await fill(join(out, 'broken.db'), { acme: { entries: 5 } });
    tamperEntry(broken, 'acme', 3);
    await writeFile(file, 'older');
    const args = ['export', broken, '--tenant', 'acme', '--format', format, '--out', file];
    const [ran, json] = [await sealtrail(args), await sealtrail([...args, '--json'])];
    expect([ran.code, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr).toMatch(/^error segment_broken: .*entry 3.*\n$/);
    expect([json.code, errorCode(json)]).toEqual([1, 'segment_broken']);
    const left = (await readdir(out)).filter((name) => name.startsWith('acme'));
    expect([left, await readFile(file, 'utf8')]).toEqual([['acme.out'], 'older']);
  });
});

describe('sealtrail export for other tools', () => {
  it('takes dates and times with zones', async () => {
    const jsonl = (...args: string[]) => exported('--format', 'jsonl', ...args);
    const [later, earlier, both] = await Promise.all([
      jsonl('--since', '9999-01-01'),
      jsonl('--until', '2020-01-01T00:00:00+02:00'),
      jsonl('--since', '2020-01-01T10:00Z', '--until', '9999-01-01'),
    ]);
    expect([later.stdout, earlier.stdout]).toEqual(['', '']);
    expect(later.stderr).toBe('-: 0 entries, sealed values withheld; not verified\n');
    expect(jsonLines(both.stdout)).toHaveLength(10);
  });

  it('reads bundles', async () => {
    const path = await bundle(store, 'all.jsonl');
    const [fromBundle, fromStore] = await Promise.all([
      sealtrail(['export', path, '--tenant', 'acme', '--format', 'ocsf', '--values', 'included']),
      exported('--format', 'ocsf', '--values', 'included'),
    ]);
    expect(fromBundle).toEqual(fromStore);
  });

  it('still writes a bundle without --format, with --format bundle, and to --out -', async () => {
    const [none, named, dash] = await Promise.all([
      exported(),
      exported('--format', 'bundle'),
      exported('--out', '-'),
    ]);
    const rest = ({ stdout }: { stdout: string }) => jsonLines(stdout).slice(1);
    expect(jsonLines(none.stdout)[0]).toMatchObject({ bundle: { openings: 'included' } });
    expect(rest(named)).toEqual(rest(none));
    expect([rest(dash), dash.stderr]).toEqual([rest(none), '']);
  });

  it('says in --help what is withheld, and that nothing is verified', async () => {
    const { stdout } = await sealtrail(['export', '--help']);
    for (const format of ENTRY_FORMATS) expect(stdout).toMatch(new RegExp(`^ {2}${format} `, 'm'));
    expect(stdout).toMatch(/default:\s+withheld/);
    expect(stdout).toContain('NOT verified');
  });

  it('ends without a word when nobody reads on', async () => {
    const large = await fill(join(out, 'large.db'), { acme: { entries: 3_000 } });
    const ran = await sealtrailCutOff(['export', large, '--tenant', 'acme', '--format', 'ocsf']);
    expect([ran.code, ran.stderr]).toEqual([2, '']);
  });

  it.each<[string, string[], RegExp]>([
    ['an unknown format', ['--format', 'xml'], /Allowed choices are bundle, ocsf/],
    ['an unknown choice of values', ['--format', 'csv', '--values', 'all'], /Allowed choices are included/],
    ['a position that is none', ['--format', 'csv', '--from', '-1'], /whole number from 0/],
    ['a time without its zone', ['--format', 'csv', '--since', '2026-03-01T10:00:00'], /with its zone/],
    ['a date that no calendar has', ['--format', 'csv', '--since', '2026-02-30'], /with its zone/],
    ['a time before 1970', ['--format', 'csv', '--until', '1969-12-31'], /with its zone/],
    ['a range that ends before it begins', ['--format', 'csv', '--from', '3', '--to', '2'], /config_invalid/],
    ['values of a bundle', ['--values', 'included'], /a bundle has --withhold/],
    ['a range of a bundle', ['--from', '3'], /does not go with --format bundle/],
    ['--withhold of another format', ['--format', 'csv', '--withhold'], /is for bundles/],
    ['two logs', ['--format', 'csv', '--tenant', 'beta'], /name its --tenant/],
    ['a summary where the export goes', ['--format', 'csv', '--out', '-', '--json'], /./],
  ])('refuses %s with exit code 2', async (_, args, says) => {
    const ran = await exported(...args);
    expect(ran.code).toBe(2);
    expect(ran.stderr + ran.stdout).toMatch(says);
    expect(ran.stderr).not.toMatch(/^\s+at /m);
  });

  it('refuses a missing tenant, an unknown one, and to replace the store', async () => {
    const [none, unknown, replace] = await Promise.all([
      sealtrail(['export', store, '--format', 'csv', '--out', file, '--json']),
      sealtrail(['export', store, '--format', 'csv', '--tenant', 'nobody', '--out', file, '--json']),
      exported('--format', 'csv', '--out', store, '--json'),
    ]);
    expect([none.code, errorCode(none)]).toEqual([2, 'config_invalid']);
    expect([unknown.code, errorCode(unknown)]).toEqual([2, 'source_invalid']);
    expect([replace.code, errorCode(replace)]).toEqual([2, 'config_invalid']);
    expect(await readdir(out)).toEqual([]);
  });
});
