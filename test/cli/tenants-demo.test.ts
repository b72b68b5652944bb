import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, jsonLines, sealtrail, sealtrailCutOff, sealtrailVerify } from './helpers/bins.ts';
import { bundle, fill, tamper } from './helpers/stores.ts';

let dir: string;
const at = (name: string) => join(dir, name);
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-demo-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('sealtrail tenants', () => {
  it('lists the logs of a store and of a bundle with their last positions', async () => {
    const store = await fill(at('audit.db'), { acme: { entries: 5 }, beta: { entries: 1 } });
    const file = await bundle(store);
    for (const location of [store, file]) {
      const [text, json] = await Promise.all([
        sealtrail(['tenants', location]),
        sealtrail(['tenants', location, '--json']),
      ]);
      expect(text.stdout).toMatch(
        /^acme {2}since .* {2}last position 5\nbeta {2}since .* {2}last position 1\n$/,
      );
      expect([text.code, json.code]).toEqual([0, 0]);
      expect(jsonLines(json.stdout)).toMatchObject([
        { tenant: 'acme', registered: expect.stringMatching(/Z$/), head: { seq: 5 } },
        { tenant: 'beta', head: { seq: 1 } },
      ]);
    }
  });

  it('shows a log that the registry does not know', async () => {
    const store = await fill(at('unregistered.db'), { acme: { entries: 1 }, beta: { entries: 1 } });
    tamper(store, "DELETE FROM tenants WHERE tenant = 'beta'");
    const ran = await sealtrail(['tenants', store]);
    expect(ran.stdout).toContain('beta  NOT REGISTERED  last position 1');
  });

  it('exits with 2 for what is no log', async () => {
    await writeFile(at('notes.txt'), 'notes\n');
    const [nowhere, notes] = await Promise.all([
      sealtrail(['tenants', at('nowhere.db'), '--json']),
      sealtrail(['tenants', at('notes.txt')]),
    ]);
    expect([nowhere.code, errorCode(nowhere)]).toEqual([2, 'source_invalid']);
    expect([notes.code, notes.stdout]).toEqual([2, '']);
    expect(notes.stderr).toMatch(/^error \w+: .*\n$/);
  });
});

describe('sealtrail demo', () => {
  it('shows both verdicts, the second with the position that was changed, and exits with 0', async () => {
    const ran = await sealtrail(['demo', '--dir', at('day')]);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const changed = /Position (\d+): who approved the refund/.exec(ran.stdout)?.[1];
    expect(changed).toBeDefined();
    const valid = ran.stdout.indexOf('chain valid: 147 entries walked, positions 0 to 146');
    const broken = ran.stdout.indexOf(`chain broken at position ${changed}: `);
    expect(valid).toBeGreaterThan(-1);
    expect(broken).toBeGreaterThan(valid);
    // What it leaves behind can be looked at, and says the same.
    const [store, file] = await Promise.all([
      sealtrailVerify([at('day/audit.db')]),
      sealtrailVerify([at('day/acme.jsonl')]),
    ]);
    expect([store.code, file.code]).toEqual([1, 0]);
  });

  it('tells the same as JSON, with entries of every type that the SDK has', async () => {
    const ran = await sealtrail(['demo', '--dir', at('json'), '--json']);
    const played = JSON.parse(ran.stdout);
    expect(ran.code).toBe(0);
    expect(played).toMatchObject({
      asExpected: true,
      before: { status: 'valid' },
      exported: { status: 'valid' },
      after: { status: 'broken', position: played.tamperedAt },
    });
    expect(Object.keys(played.types).sort()).toEqual([
      'batch.decided',
      'decision.approved',
      'decision.auto_approved',
      'decision.edited_approved',
      'decision.rejected',
      'execution.executed',
      'execution.failed',
      'proposal.created',
      'proposal.expired',
      'record.changed',
    ]);
  });

  it('writes plain words, without escape codes, where no terminal is', async () => {
    const ran = await sealtrail(['demo']);
    expect(ran.stdout).not.toContain('\u001b');
    const store = /verify (\S+)\/audit\.db/.exec(ran.stdout)?.[1];
    expect(store).toBeDefined();
    await rm(store as string, { recursive: true });
  });

  it('does not play into a store that is there, or where no directory can be', async () => {
    await fill(at('audit.db'), { acme: { entries: 1 } });
    await writeFile(at('file'), '');
    const [there, file] = await Promise.all([
      sealtrail(['demo', '--dir', dir, '--json']),
      sealtrail(['demo', '--dir', at('file')]),
    ]);
    expect([there.code, errorCode(there)]).toEqual([2, 'source_invalid']);
    expect([file.code, file.stdout]).toEqual([2, '']);
    expect(file.stderr).not.toMatch(/^\s+at /m);
  });
});

describe('when nobody reads on', () => {
  it('verify ends without a stack trace, and not with the exit code of a verdict', async () => {
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`tenant-${i}`, { entries: 1 }]));
    const store = await fill(at('many.db'), many);
    const ran = await sealtrailCutOff(['verify', store]);
    expect([ran.code, ran.stderr]).toEqual([2, '']);
  });
});
