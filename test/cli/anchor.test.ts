import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, jsonLines, sealtrail, sealtrailVerify } from './helpers/bins.ts';
import { bundle, fill, makeTable, row, tamper, tamperEntry } from './helpers/stores.ts';

let dir: string;
const at = (name: string) => join(dir, name);
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-anchor-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const anchorsIn = (store: string) => row<{ n: number }>(store, 'SELECT count(*) AS n FROM anchors').n;

describe('sealtrail anchor', () => {
  it('anchors every log up to its end, and then has nothing to do', async () => {
    const store = await fill(at('two.db'), { acme: { entries: 5 }, beta: { entries: 1 } });
    const first = await sealtrail(['anchor', store]);
    expect(first).toEqual({
      code: 0,
      stdout:
        'acme: 1 anchor over 6 entries, anchored up to 5\nbeta: 1 anchor over 2 entries, anchored up to 1\n',
      stderr: '',
    });
    const again = await sealtrail(['anchor', store]);
    expect([again.code, again.stdout]).toEqual([0, 'everything is anchored\n']);
    expect(anchorsIn(store)).toBe(2);
    const verified = await sealtrailVerify([store]);
    expect(verified.stdout).toContain('anchored up to 5');
    expect(verified.code).toBe(0);
  });

  it('anchors only --tenant, in segments of --max-segment, and reports as JSON', async () => {
    const store = await fill(at('one.db'), { acme: { entries: 7 }, beta: { entries: 1 } });
    const ran = await sealtrail(['anchor', store, '--tenant', 'acme', '--max-segment', '3', '--json']);
    expect(ran.code).toBe(0);
    expect(jsonLines(ran.stdout)).toEqual([
      expect.objectContaining({ tenant: 'acme', anchors: 3, entries: 8, through: 7 }),
    ]);
    expect(anchorsIn(store)).toBe(3);
  });

  it('does not anchor a broken log, goes on with the others, and exits with 1', async () => {
    const store = await fill(at('broken.db'), {
      acme: { entries: 5 },
      beta: { entries: 3 },
      cato: { entries: 1 },
    });
    tamperEntry(store, 'beta', 2);
    const ran = await sealtrail(['anchor', store]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^acme: 1 anchor.*\ncato: 1 anchor.*\n$/);
    expect(ran.stderr).toMatch(/^error segment_broken: .*beta.*\n$/);
    expect(row<{ n: number }>(store, "SELECT count(*) AS n FROM anchors WHERE tenant = 'beta'").n).toBe(0);
    const json = await sealtrail(['anchor', store, '--json']);
    expect(json.code).toBe(1);
    expect(jsonLines(json.stdout)).toEqual([
      { tenant: 'beta', error: expect.objectContaining({ code: 'segment_broken' }) },
    ]);
  });

  it('takes a log whose end is gone for broken', async () => {
    const store = await fill(at('cut.db'), { acme: { entries: 5 } });
    tamper(store, 'DELETE FROM entries WHERE seq >= 3');
    const ran = await sealtrail(['anchor', store]);
    expect(ran.code).toBe(1);
    expect(anchorsIn(store)).toBe(0);
  });

  it('cannot run on a tenant, file or store that is not there: exit code 2', async () => {
    const store = await fill(at('some.db'), { acme: { entries: 1 } });
    const [tenant, nowhere, shop, jsonl] = await Promise.all([
      sealtrail(['anchor', store, '--tenant', 'acne', '--json']),
      sealtrail(['anchor', at('nowhere.db'), '--json']),
      shopDb().then((path) => sealtrail(['anchor', path, '--json'])),
      bundle(store).then((path) => sealtrail(['anchor', path, '--json'])),
    ]);
    expect([tenant.code, errorCode(tenant)]).toEqual([2, 'source_invalid']);
    expect([nowhere.code, errorCode(nowhere)]).toEqual([2, 'source_invalid']);
    expect([shop.code, errorCode(shop)]).toEqual([2, 'store_layout']);
    expect(jsonl.code).toBe(2);
  });

  async function shopDb(): Promise<string> {
    makeTable(at('shop.db'));
    return at('shop.db');
  }
});
