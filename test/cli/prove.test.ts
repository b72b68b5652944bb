import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, sealtrail, sealtrailVerify } from './helpers/bins.ts';
import { fill } from './helpers/stores.ts';

let dir: string;
let store: string;
/** `NUMBER:HASH` of the seal, as an auditor notes it. */
let noted: string;
const at = (name: string) => join(dir, name);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-prove-'));
  store = await fill(at('audit.db'), { acme: { entries: 30 }, beta: { entries: 5 } });
  await sealtrail(['anchor', store, '--max-segment', '8']);
  const sealed = await sealtrail(['seal', store, '--json']);
  const { seal } = JSON.parse(sealed.stdout) as { seal: { number: number; hash: string } };
  noted = `${seal.number}:${seal.hash}`;
});
afterAll(async () => {
  const verified = await sealtrailVerify([store]);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('all valid: 3 logs')]);
  await rm(dir, { recursive: true, force: true });
});

describe('sealtrail seal', () => {
  it('says which seal to note, and seals again only when something changed', async () => {
    const again = await sealtrail(['seal', store]);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('nothing changed since');
    expect(again.stdout).toContain(`note it elsewhere: --seal ${noted}`);
  });

  it('is asked about a store', async () => {
    const ran = await sealtrail(['seal', at('none.db'), '--json']);
    expect([ran.code, errorCode(ran)]).toEqual([2, 'source_invalid']);
  });
});

describe('a proof', () => {
  it('goes to standard output with --out -, as an export does, and evidence to a file alone', async () => {
    const args = ['prove', store, '--tenant', 'acme', '--entry', '3'];
    const [named, silent] = [await sealtrail([...args, '--out', '-']), await sealtrail(args)];
    expect(named).toEqual(silent);
    expect(JSON.parse(named.stdout)).toMatchObject({ format: 'sealtrail-entry-proof/1' });
    const evidence = await sealtrail([...args, '--evidence', '-', '--json']);
    expect([evidence.code, errorCode(evidence)]).toEqual([2, 'config_invalid']);
    expect(existsSync('-')).toBe(false);
  });

  it('of a record, verified alone, under the seal that was noted', async () => {
    const file = at('contact-7.json');
    const made = await sealtrail([
      'prove',
      store,
      '--tenant',
      'acme',
      '--record',
      'contact/c-7',
      '--out',
      file,
      '--json',
    ]);
    expect(JSON.parse(made.stdout)).toMatchObject({ file, format: 'sealtrail-history-proof/1', entries: 1 });
    const verified = await sealtrailVerify([file, '--seal', noted]);
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    expect(verified.stdout).toMatch(
      /^proof valid: 1 entry touches contact c-7 in the log of acme, and no other does, positions 0 to 30, under seal 1 of /,
    );
    expect(verified.stdout).not.toContain('not checked: whether the seal');
    // However good the proof: who built the trees could have left something out.
    expect(verified.stdout).toContain(
      'not checked: whether the trees under the seal were built over all of the log',
    );
    const alone = await sealtrailVerify([file]);
    expect([alone.code, alone.stdout]).toEqual([0, expect.stringContaining('not checked: whether the seal')]);
  });

  it('of a record that nobody touched says so', async () => {
    const { stdout } = await sealtrail(['prove', store, '--tenant', 'acme', '--record', 'contact/nobody']);
    await writeFile(at('nobody.json'), stdout);
    const verified = await sealtrailVerify([at('nobody.json'), '--json', '--seal', noted]);
    expect(JSON.parse(verified.stdout)).toMatchObject({
      status: 'valid',
      kind: 'history',
      entries: [],
      covered: 31,
    });
  });

  it('of an entry', async () => {
    const { stdout } = await sealtrail(['prove', store, '--tenant', 'beta', '--entry', '3']);
    await writeFile(at('entry.json'), stdout);
    const verified = await sealtrail(['verify', at('entry.json'), '--seal', noted]);
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringContaining('entry 3 is in the log of beta'),
    ]);
  });

  it('has no list of tenants', async () => {
    for (const [name, what] of [
      ['entry.json', 'a proof'],
      ['all.gz', 'an evidence bundle'],
    ] as const) {
      if (name === 'all.gz') {
        await sealtrail(['prove', store, '--tenant', 'beta', '--entry', '3', '--evidence', at(name)]);
      }
      const ran = await sealtrail(['tenants', at(name)]);
      expect([ran.code, ran.stderr]).toEqual([
        2,
        expect.stringContaining(`error source_invalid: this is ${what}:`),
      ]);
    }
  });

  it('is broken under another seal, or when a character of it was changed', async () => {
    const { stdout } = await sealtrail(['prove', store, '--tenant', 'acme', '--record', 'contact/c-3']);
    await writeFile(at('good.json'), stdout);
    const other = await sealtrailVerify([at('good.json'), '--seal', `1:${'a'.repeat(64)}`, '--json']);
    expect([other.code, JSON.parse(other.stdout)]).toEqual([
      1,
      expect.objectContaining({ status: 'broken' }),
    ]);
    await writeFile(at('changed.json'), stdout.replace('"c-3"', '"c-4"'));
    const changed = await sealtrailVerify([at('changed.json')]);
    expect([changed.code, changed.stdout]).toEqual([1, expect.stringContaining('proof broken')]);
  });

  it('with a field to disclose that nothing has is refused, and names those that there are', async () => {
    const args = ['prove', store, '--tenant', 'acme', '--record', 'contact/c-3', '--evidence', at('x.gz')];
    const disclosing = (field: string) => sealtrail([...args, '--disclose', field]);
    const refused = await disclosing('rational');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/^error config_invalid: --disclose rational: .+ only args, rationale\n$/),
    ]);
    expect(existsSync(at('x.gz'))).toBe(false);
    expect((await disclosing('rationale')).code).toBe(0);
    expect((await sealtrailVerify([at('x.gz')])).stdout).toMatch(/values disclosed .+: 1/);
  });

  it.each([
    ['nothing to prove', ['--tenant', 'acme'], 'config_invalid'],
    ['two things at once', ['--tenant', 'acme', '--entry', '1', '--record', 'a/b'], 'config_invalid'],
    ['a tenant that is not there', ['--tenant', 'nobody', '--entry', '1'], 'source_invalid'],
    ['an entry that is not there', ['--tenant', 'acme', '--entry', '31'], 'not_found'],
  ])('is refused for %s', async (_, args, code) => {
    const ran = await sealtrail(['prove', store, ...args, '--out', at('x.json'), '--json']);
    expect([ran.code, errorCode(ran)]).toEqual([2, code]);
  });

  it('that is none is refused with a code', async () => {
    const good = await readFile(at('good.json'), 'utf8');
    const texts = [
      '{"format":"sealtrail-history-proof/1"}',
      '{"format":1}',
      `${good.slice(0, -20)}`,
      good.replace('"segments"', '"segment"'),
    ];
    for (const [i, text] of texts.entries()) {
      await writeFile(at(`bad-${i}.json`), text);
      const ran = await sealtrailVerify([at(`bad-${i}.json`), '--json']);
      expect([ran.code, errorCode(ran)]).toEqual([2, 'proof_malformed']);
    }
    const bytes = Buffer.from(good);
    bytes[bytes.indexOf('c-3')] = 0xff;
    await writeFile(at('bytes.json'), bytes);
    const notText = await sealtrailVerify([at('bytes.json'), '--json']);
    expect([notText.code, errorCode(notText)]).toEqual([2, 'source_invalid']);
    const misplaced = await sealtrailVerify([store, '--tenant', 'acme', '--seal', noted, '--json']);
    expect([misplaced.code, errorCode(misplaced)]).toEqual([2, 'config_invalid']);
  });
});
