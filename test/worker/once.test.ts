import { existsSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createKeyFile } from '@sealtrail/publisher';
import { openCheckpoint } from '@sealtrail/tlog';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bin } from './helpers/bin.ts';
import { STORE_KINDS, TestStore } from './helpers/stores.ts';

describe.each(STORE_KINDS)('sealtrail-worker --once on %s', (kind) => {
  let test: TestStore;

  beforeEach(async () => {
    test = await TestStore.open(kind);
  });

  afterEach(async () => {
    await test.close();
  });

  function once(env: Readonly<Record<string, string>> = {}, output?: number): Bin {
    return new Bin(['--once'], { SEALTRAIL_STORE: test.location, SEALTRAIL_MAX_DELAY: '0s', ...env }, output);
  }

  it.skipIf(!existsSync('/dev/full'))('does its work also when its log cannot be written', async () => {
    await test.append('acme', 30);
    const bin = once({}, openSync('/dev/full', 'w'));
    expect(await bin.ended()).toBe(0);
    expect(await test.anchored('acme')).toMatchObject({ to: 30 });
  });

  it('anchors everything without Redis and exits with 0, also when there is nothing', async () => {
    await test.append('acme', 30);
    await test.append('globex', 1);
    const first = once({ SEALTRAIL_MAX_SEGMENT: '8' });
    expect(await first.ended()).toBe(0);
    expect(first.logged('one tick is over')).toBe(true);
    expect(await test.anchored('acme')).toEqual({ number: 3, to: 30 });
    expect(await once().ended()).toBe(0);
    await test.expectSound('acme', 'globex');
  });

  it('exits with 1 when a log is broken, after anchoring the others', async () => {
    await test.append('acme', 5);
    await test.append('broken', 5);
    await test.tamper('broken', 2);
    const bin = once();
    expect(await bin.ended()).toBe(1);
    expect(bin.lines().find(({ alert }) => alert !== undefined)).toMatchObject({
      alert: 'segment_broken',
      tenant: 'broken',
      level: 50,
    });
    const reports = await test.verify();
    expect(reports.get('acme')).toMatchObject({ status: 'valid', unanchored: null });
    expect(reports.get('broken')).toMatchObject({ status: 'broken', anchors: { through: null } });
  });
});

describe('sealtrail-worker --once', () => {
  let test: TestStore;
  let folder: string;

  beforeEach(async () => {
    test = await TestStore.open('sqlite');
    folder = await mkdtemp(join(tmpdir(), 'sealtrail-once-'));
  });

  afterEach(async () => {
    await test.close();
    await rm(folder, { recursive: true, force: true });
  });

  const once = (env: Readonly<Record<string, string>> = {}) =>
    new Bin(['--once'], { SEALTRAIL_STORE: test.location, SEALTRAIL_MAX_DELAY: '0s', ...env });

  it('exits with 1 when a log that was sealed is missing', async () => {
    await test.append('acme', 3);
    await test.append('gone', 3);
    expect(await once().ended()).toBe(0);
    await test.forget('gone');
    const bin = once();
    expect(await bin.ended()).toBe(1);
    expect(bin.lines().find(({ alert }) => alert !== undefined)).toMatchObject({
      alert: 'seal_refused',
      tenant: 'gone',
    });
    await test.expectSound('acme');
  });

  it('exits with 1 when the look for proposals finds a log that cannot be read', async () => {
    await test.append('acme', 3);
    await test.append('broken', 6);
    expect(await once({ SEALTRAIL_SWEEP_INTERVAL: '0s' }).ended()).toBe(0);
    // All of it is anchored: anchoring looks at its end alone.
    await test.cut('broken', 3);
    expect(await once({ SEALTRAIL_SWEEP_INTERVAL: '0s' }).ended()).toBe(0);
    const bin = once();
    expect(await bin.ended()).toBe(1);
    expect(bin.lines().find(({ alert }) => alert !== undefined)).toMatchObject({
      alert: 'log_broken',
      tenant: 'broken',
    });
    const reports = await test.verify();
    expect(reports.get('broken')).toMatchObject({ status: 'broken', position: 3 });
    expect(reports.get('acme')).toMatchObject({ status: 'valid', unanchored: null });
  });

  it('publishes what others seal, as the worker does', async () => {
    const key = await createKeyFile(join(folder, 'op.key'), 'audit.example/log', 'log');
    await test.append('acme', 3);
    expect(await once().ended()).toBe(0);
    const publishing = {
      SEALTRAIL_LOG_FOLDER: join(folder, 'log'),
      SEALTRAIL_KEY_FILES: join(folder, 'op.key'),
    };
    expect(await once({ SEALTRAIL_SEAL_INTERVAL: '0s', ...publishing }).ended()).toBe(0);
    const note = await readFile(join(folder, 'log/public/checkpoint'), 'utf8');
    expect(openCheckpoint(note, [key]).size).toBeGreaterThan(0);
    await test.expectSound('acme');
  });

  it('raises an alert for a sink that has taken nothing for longer than it may', async () => {
    const address = 'http://127.0.0.1:1/';
    await writeFile(
      join(folder, 'sinks.json'),
      JSON.stringify({ sinks: [{ type: 'http', name: 'mirror', url: address }] }),
    );
    await createKeyFile(join(folder, 'op.key'), 'audit.example/log', 'log');
    const publishing = {
      SEALTRAIL_LOG_FOLDER: join(folder, 'log'),
      SEALTRAIL_KEY_FILES: join(folder, 'op.key'),
      SEALTRAIL_SINKS: join(folder, 'sinks.json'),
    };
    await test.append('acme', 3);
    const alerts = (bin: Bin) => bin.lines().flatMap(({ alert }) => (alert === undefined ? [] : [alert]));
    const first = once(publishing);
    expect(await first.ended()).toBe(2);
    expect(alerts(first)).toEqual([]);
    await setTimeout(1_100);
    const later = once({ ...publishing, SEALTRAIL_SINK_PATIENCE: '1s' });
    expect(await later.ended()).toBe(2);
    expect(alerts(later)).toEqual(['delivery_overdue']);
    await test.expectSound('acme');
  });

  it('shows no secret of where the index is', async () => {
    const bin = once({ SEALTRAIL_INDEX: '/nowhere/views.db?password=hunter2' });
    expect(await bin.ended()).toBe(2);
    expect(bin.stderr).toContain('cannot write the index of views at /nowhere/views.db');
    expect(bin.stderr + bin.stdout).not.toContain('hunter2');
  });
});

describe('sealtrail-worker', () => {
  it('exits with 2 when it cannot run', async () => {
    const missing = new Bin(['--once'], { SEALTRAIL_STORE: '/nowhere/audit.db' });
    expect(await missing.ended()).toBe(2);
    expect(missing.stderr).toContain('there is no file /nowhere/audit.db');

    const unreachable = new Bin(['--once'], {
      SEALTRAIL_STORE: 'mongodb://root:hunter2@127.0.0.1:1/?serverSelectionTimeoutMS=100',
    });
    expect(await unreachable.ended()).toBe(2);
    expect(unreachable.stderr).toContain('sealtrail-worker: ');
    expect(unreachable.stderr + unreachable.stdout).not.toContain('hunter2');

    const unconfigured = new Bin([], { SEALTRAIL_STOER: 'x' });
    expect(await unconfigured.ended()).toBe(2);
    expect(unconfigured.stderr).toContain(
      'unknown: SEALTRAIL_STOER. Known are: SEALTRAIL_STORE, REDIS_URL, ',
    );
    expect(unconfigured.stderr).toContain('SEALTRAIL_STORE is required');
    expect(unconfigured.stderr).toContain('REDIS_URL is required');

    const mistyped = new Bin(['--onec'], {});
    expect(await mistyped.ended()).toBe(2);
    expect(mistyped.stderr).toContain('--onec');
  });

  it('explains itself', async () => {
    const help = new Bin(['--help'], {});
    expect(await help.ended()).toBe(0);
    expect(help.stdout).toContain('--once');
    expect(help.stdout).toContain('SEALTRAIL_MAX_DELAY');
    const version = new Bin(['--version'], {});
    expect(await version.ended()).toBe(0);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
