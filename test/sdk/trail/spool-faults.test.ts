import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openSealtrail } from '@sealtrail/sdk';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openWorld, type SpoolWorld } from './spool-world.ts';
import { codeOf, newWorld, TENANT, verifiedEntries } from './world.ts';

const sdk = `file://${createRequire(import.meta.url).resolve('@sealtrail/sdk')}`;

/**
 * A process whose log is away the whole time records changes, and says of each whether it was kept; then it is killed.
 *
 * @param before what its shell does first
 */
async function recordAndDie(spool: string, changes: number, before: string): Promise<Map<string, string>> {
  const code = `
    const { openSealtrail, SealtrailError } = await import(${JSON.stringify(sdk)});
    const away = async () => { throw new SealtrailError('store_unavailable', 'cut off'); };
    const store = new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : away) });
    const { trail } = await openSealtrail({ store, failure: { mode: 'open', spool: ${JSON.stringify(spool)} } });
    for (let i = 0; i < ${changes}; i++) {
      const target = { type: 'contact', id: 'c-1' };
      const change = { change: 'ch-' + i, target, fields: ['note'], before: null, after: 'x'.repeat(200) };
      const kept = await trail('${TENANT}').recordChange({ ...change, actor: { type: 'system', id: 'crm' } })
        .then(({ recorded }) => recorded, ({ code }) => code);
      console.log('ch-' + i + ':change ' + kept);
    }
    process.kill(process.pid, 'SIGKILL');
  `;
  const script = `trap '' XFSZ; ${before}; exec "$@"`;
  const child = spawn('sh', ['-c', script, 'sh', process.execPath, '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, ended] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(ended).toEqual([null, 'SIGKILL']);
  return new Map(
    said
      .trim()
      .split('\n')
      .map((one) => one.split(' ') as [string, string]),
  );
}

/** The log gets what a process that was killed left behind, when its last sign of life is old. */
async function replayed({ world, spool, sealtrail, files }: SpoolWorld) {
  const past = new Date(Date.now() - 60_000);
  for (const sign of await files('.alive')) await utimes(join(spool, sign), past, past);
  const { refused } = await sealtrail.replay();
  expect(refused).toEqual([]);
  return (await verifiedEntries(world.location)).map(({ id }) => id);
}

describe('a spool', () => {
  it('of a process that is killed is replayed by the next one', async () => {
    const world = await openWorld();
    const kept = await recordAndDie(world.spool, 10, ':');
    expect([...kept.values()]).toEqual(Array(10).fill('spool'));
    expect(await replayed(world)).toEqual([...kept.keys()]);
    expect(await world.files('')).toEqual([]);
  });

  it('that cannot be written for a while loses nothing that was kept, and keeps nothing that was refused', async () => {
    const world = await openWorld();
    // No file may grow beyond 4 KiB: now and then a line is written in part.
    const said = await recordAndDie(world.spool, 40, 'ulimit -f 8');
    const kept = [...said].filter(([, what]) => what === 'spool').map(([id]) => id);
    const failed = [...said].filter(([, what]) => what === 'spool_failed').map(([id]) => id);
    expect(kept.length + failed.length).toBe(40);
    expect(failed.length).toBeGreaterThan(0);
    // What came after a failure was kept again.
    expect(said.get('ch-39:change')).toBe('spool');
    expect(await replayed(world)).toEqual(kept);
    expect(await world.files('')).toEqual([]);
  });

  it('that cannot be closed keeps nothing else open', async () => {
    const { location, folder } = await newWorld();
    const spool = join(folder, 'spool');
    const failure = { mode: 'open', spool, replayEveryMs: 3_600_000 } as const;
    const sealtrail = await openSealtrail({ store: location, failure, maxWaiting: 1 });
    const { store } = sealtrail;
    onTestFinished(() => store.close());
    const trail = sealtrail.trail(TENANT);
    const change = (id: string) => ({
      change: id,
      actor: { type: 'system', id: 'crm' } as const,
      target: { type: 'contact', id: 'c-1' },
      fields: [],
      before: null,
      after: null,
    });
    // The second one finds no room.
    const receipts = await Promise.all(['ch-1', 'ch-2'].map((id) => trail.recordChange(change(id))));
    expect(receipts.map(({ recorded }) => recorded)).toEqual(['log', 'spool']);
    await rm(spool, { recursive: true });
    await writeFile(spool, '');
    expect(await codeOf(sealtrail.close())).toBe('spool_failed');
    expect(
      await codeOf(sealtrail.append(TENANT, { type: 'note.made', actor: { type: 'system', id: 'x' } })),
    ).toBe('store_closed');
    expect(await codeOf(store.head(TENANT))).toBe('store_closed');
    expect(await verifiedEntries(location)).toHaveLength(1);
  });
});
