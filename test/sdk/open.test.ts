import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSealtrail, recordChanged } from '@sealtrail/sdk';
import { anchorTenant, openStore } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { system, user } from '../events/samples.ts';

let dir: string;
let store: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-sdk-'));
  store = join(dir, 'audit.db');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const changed = (change: string, after: unknown = { percent: 10 }) =>
  recordChanged({
    change,
    actor: user,
    target: { type: 'deal', id: 'd-1' },
    fields: ['percent'],
    before: null,
    after,
  });

async function walked(): Promise<number> {
  const source = await openSource(store);
  try {
    const report = await verifyAll(source);
    expect(report).toMatchObject({ status: 'valid', findings: [] });
    return report.walked;
  } finally {
    await source.close();
  }
}

describe('openSealtrail on a SQLite file', () => {
  it('records what the host says; the log verifies after it was anchored', async () => {
    const log = await openSealtrail({ store });
    expect(await log.append('acme', changed('w-1'))).toMatchObject({
      tenant: 'acme',
      id: 'w-1:change',
      seq: 1,
      duplicate: false,
    });
    const note = { type: 'note.added', actor: system, data: { to: 'd-1' } };
    const rest = await log.appendAll('acme', [changed('w-2'), note]);
    expect(rest.map(({ seq }) => seq)).toEqual([2, 3]);
    expect((await anchorTenant(log.store, 'acme')).through).toBe(3);
    await log.close();
    expect(await walked()).toBe(4);
  });

  it('lets the first entry with an id win, whoever comes second', async () => {
    const log = await openSealtrail({ store });
    const entries = await Promise.allSettled(
      [1, 2, 3].map((percent) => log.append('acme', changed('w-1', { percent }))),
    );
    expect(entries.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(entries[1]).toMatchObject({ reason: { code: 'id_conflict' } });
    await log.close();
    expect(await walked()).toBe(2);
  });

  it('returns the first result when the same event is appended again, also after it was opened anew', async () => {
    const first = await openSealtrail({ store });
    const one = await first.append('acme', changed('w-1'));
    await first.close();
    const second = await openSealtrail({ store });
    expect(await second.append('acme', changed('w-1'))).toEqual({ ...one, duplicate: true });
    await expect(second.append('acme', changed('w-1', { percent: 11 }))).rejects.toMatchObject({
      code: 'id_conflict',
    });
    await second.close();
    expect(await walked()).toBe(2);
  });

  it('commits what waits when it is closed, and takes nothing afterwards', async () => {
    const log = await openSealtrail({ store });
    const waiting = Array.from({ length: 50 }, (_, i) => log.append('acme', changed(`p-${i}`)));
    await log.close();
    expect(await Promise.all(waiting)).toHaveLength(50);
    await expect(log.append('acme', changed('late'))).rejects.toMatchObject({ code: 'store_closed' });
    expect(await walked()).toBe(51);
  });

  it('leaves a store that it was given open', async () => {
    const given = await openStore(store);
    const log = await openSealtrail({ store: given });
    await log.append('acme', changed('w-1'));
    await log.close();
    expect(await given.head('acme')).toMatchObject({ seq: 1 });
    await given.close();
    expect(await walked()).toBe(2);
  });

  it('refuses what JSON cannot say when it is sealed, and a location that is no store', async () => {
    const log = await openSealtrail({ store });
    class List extends Array {}
    const bad = [
      { at: new Date(0) },
      { n: Number.NaN },
      { f: () => 1 },
      { u: undefined },
      '\ud800',
      new List(),
    ];
    for (const args of bad) {
      await expect(log.append('acme', changed('w-1', args))).rejects.toMatchObject({
        code: 'draft_invalid',
      });
    }
    await log.append('acme', changed('w-2'));
    await log.close();
    expect(await walked()).toBe(2);
    await expect(openSealtrail({ store: 'postgres://db/audit' })).rejects.toMatchObject({
      code: 'source_invalid',
    });
  });

  it('refuses options that are none, whatever plain JavaScript gives it', async () => {
    const store = join(dir, 'never.db');
    for (const [options, named] of [
      [undefined, 'openSealtrail: Invalid input'],
      [{}, 'store: must be a mongodb:// URL'],
      [{ store: undefined }, 'store'],
      [{ store: '' }, 'store'],
      [{ store: { path: store } }, 'store'],
      [{ store, failure: { mode: 'opne' } }, 'failure'],
      [{ store, failure: { mode: 'open' } }, 'failure.spool'],
      [{ store, failure: { mode: 'closed', spool: dir } }, 'failure'],
      [{ store, maxBatch: 0 }, 'maxBatch'],
      [{ store, linger: 5 }, 'linger'],
    ] as const)
      await expect(openSealtrail(options as never), JSON.stringify(options)).rejects.toMatchObject({
        code: 'config_invalid',
        message: expect.stringContaining(named),
      });
    expect(await readdir(dir)).not.toContain('never.db');
  });

  it('appends nothing with options that are none: it would not be in the transaction that it was meant for', async () => {
    const log = await openSealtrail({ store });
    const session = { id: 's-1', inTransaction: () => true };
    for (const options of [{ sesion: session }, session]) {
      const refused = { code: 'config_invalid' };
      const named = expect.stringContaining(Object.keys(options)[0] as string);
      for (const call of [
        () => log.append('acme', changed('w-1'), options as never),
        () => log.appendAll('acme', [changed('w-1')], options as never),
      ])
        await expect(call()).rejects.toMatchObject({ ...refused, message: named });
    }
    await log.append('acme', changed('w-2'), { session: undefined });
    await log.close();
    expect(await walked()).toBe(2);
  });

  it('makes no store with options that are none', async () => {
    const never = join(dir, 'never.db');
    await expect(openStore(never, { creat: false } as never)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('creat'),
    });
    expect(await readdir(dir)).toEqual([]);
  });

  it('opens no store when its failure policy cannot be followed', async () => {
    const spool = join(dir, 'spool');
    await writeFile(spool, '');
    await expect(openSealtrail({ store, failure: { mode: 'open', spool } })).rejects.toMatchObject({
      code: 'spool_failed',
    });
    for (const replayEveryMs of [0, -1, 99, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY]) {
      const failure = { mode: 'open', spool: join(dir, 'other'), replayEveryMs } as const;
      await expect(openSealtrail({ store, failure })).rejects.toMatchObject({ code: 'config_invalid' });
    }
    expect(await readdir(dir)).toEqual(['spool']);
  });
});
