import { chmod, chown, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { openSealtrail, type Sealtrail } from '@sealtrail/sdk';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expectIntact } from '../../support/verified.ts';
import { openWorld, read, type SpoolWorld } from './spool-world.ts';
import {
  codeOf,
  newWorld,
  readContact,
  sarah,
  TENANT,
  update,
  updateContact,
  verifiedEntries,
} from './world.ts';

const MINUTE_AGO = () => new Date(Date.now() - 60_000);

function lineOf(tenant: string, draft: object): string {
  return `${JSON.stringify({ v: 1, tenant, draft })}\n`;
}

/** A proposal as it waits in a file. */
function created(proposal: string, over: object = {}): object {
  return {
    id: `${proposal}:created`,
    type: 'proposal.created',
    actor: { type: 'agent', id: 'bot' },
    targets: [],
    data: { proposal, action: 'read_contact', confidence: null, spooled_at: '2026-03-02T08:00:00.000Z' },
    sealed: { args: { id: 'c-1' }, rationale: null },
    ...over,
  };
}

const idsIn = async ({ world }: SpoolWorld) => (await verifiedEntries(world.location)).map(({ id }) => id);

describe('whose a file in the spool is', () => {
  it('while its owner shows that it lives, it is left to it, and after that it is the next one’s', async () => {
    const one = await openWorld();
    one.cut(true);
    await one.trail.propose(readContact, { ...read, id: 'p-1' });
    const next = await one.another();
    expect(await next.sealtrail.replay()).toEqual({ replayed: 0, refused: [], stopped: [] });
    // Killed: what it showed last grows old. Its successor in a container has the same host name and the same process id.
    for (const sign of await one.files('.alive')) {
      await utimes(join(one.spool, sign), MINUTE_AGO(), MINUTE_AGO());
    }
    expect(await next.sealtrail.replay()).toMatchObject({ replayed: 1, refused: [] });
    expect(await one.files('')).toEqual([]);
    expect(await idsIn(one)).toEqual(['p-1:created']);
  });

  it('a process that was taken for dead finds its file gone, and loses nothing', async () => {
    const one = await openWorld();
    one.cut(true);
    await one.trail.propose(readContact, { ...read, id: 'p-1' });
    const next = await one.another();
    for (const sign of await one.files('.alive')) {
      await utimes(join(one.spool, sign), MINUTE_AGO(), MINUTE_AGO());
    }
    await next.sealtrail.replay();
    await one.trail.propose(readContact, { ...read, id: 'p-2' });
    expect(await one.files()).toHaveLength(1);
    one.cut(false);
    expect(await one.sealtrail.replay()).toMatchObject({ replayed: 1, refused: [] });
    expect((await one.trail.propose(readContact, { ...read, id: 'p-3' })).recorded).toBe('log');
    expect(await idsIn(one)).toEqual(['p-1:created', 'p-2:created', 'p-3:created']);
  });

  it.each([
    ['of this process’s number, of an earlier one', hostname(), process.pid],
    ['of another host', 'elsewhere', 1],
  ])('one without an owner is anybody’s: %s', async (_, host, pid) => {
    const world = await openWorld();
    await writeFile(
      join(world.spool, `${host}~${pid}~a0a0a0a0-0000-4000-8000-000000000000.spool.jsonl`),
      lineOf(TENANT, created('p-1')),
    );
    expect(await world.sealtrail.replay()).toMatchObject({ replayed: 1, refused: [] });
    expect(await world.files('')).toEqual([]);
    expect(await idsIn(world)).toEqual(['p-1:created']);
  });

  it('several who want it at the same moment replay it once', async () => {
    const world = await openWorld();
    const all = [world, await world.another(), await world.another()];
    const proposals = Array.from({ length: 20 }, (_, i) => `p-${i}`);
    for (const proposal of proposals) {
      await writeFile(
        join(world.spool, `elsewhere~1~${proposal}~${proposal}.spool.jsonl`),
        lineOf(TENANT, created(proposal)),
      );
    }
    const done = await Promise.all(all.map(({ sealtrail }) => sealtrail.replay()));
    expect(done.reduce((sum, { replayed }) => sum + replayed, 0)).toBe(20);
    expect(done.flatMap(({ refused }) => refused)).toEqual([]);
    expect(await world.files('')).toEqual([]);
    expect((await idsIn(world)).sort()).toEqual(proposals.map((proposal) => `${proposal}:created`).sort());
  });

  it('is handed over when a process ends while the log is away', async () => {
    const one = await openWorld();
    const next = await one.another();
    one.cut(true);
    await one.trail.propose(readContact, { ...read, id: 'p-1' });
    await one.sealtrail.close();
    expect(await one.files('.alive')).toEqual([]);
    expect(await next.sealtrail.replay()).toMatchObject({ replayed: 1 });
    expect(await idsIn(one)).toEqual(['p-1:created']);
  });
});

describe('what a file in the spool may bring into the log', () => {
  it('no approval, nothing of the operator’s, nothing under an id that is another entry’s', async () => {
    const world = await openWorld();
    const { spool, sealtrail, trail } = world;
    const proposal = await trail.propose(updateContact, update({ id: 'p-1' }));
    const user = { type: 'user', id: 'u-sarah', auth_method: 'sso' };
    const forged: [string, object][] = [
      [TENANT, created('p-1', { id: 'p-1:decision', type: 'decision.approved', actor: user })],
      [TENANT, created('p-1', { id: 'p-1:decision', type: 'decision.auto_approved' })],
      [TENANT, created('p-1', { id: 'p-1:decision', type: 'execution.started' })],
      [TENANT, created('p-1', { id: 'p-1:decision', type: 'decision.auto_denied', actor: user })],
      [TENANT, created('p-2', { id: 'hold:1', type: 'hold.released', actor: user })],
      [TENANT, created('p-3', { more: true })],
      [TENANT, created('p-4', { data: { proposal: 'p-4' } })],
      ['~seals', created('p-5')],
      ['~seals', created('p-6', { id: 'seal:1', type: 'log.sealed' })],
    ];
    const text = forged.map(([tenant, draft]) => lineOf(tenant, draft)).join('');
    await writeFile(
      join(spool, 'elsewhere~1~x.spool.jsonl'),
      `${text}no JSON\n${lineOf(TENANT, created('p-7'))}`,
    );
    const { replayed, refused } = await sealtrail.replay();
    expect(replayed).toBe(1);
    expect(refused).toEqual(
      forged.map(([tenant, draft]) => ({ tenant, id: (draft as { id: string }).id, code: 'draft_invalid' })),
    );
    const [aside] = await world.files('.refused');
    expect(await readFile(join(spool, aside as string), 'utf8')).toBe(`${text}no JSON\n`);
    expect((await trail.state(proposal)).status).toBe('pending');
    await trail.approve(proposal, { by: sarah });
    await expectIntact(world.world.location, { [TENANT]: 3 });
  });

  it('what the log would refuse later is refused at once, also while something waits', async () => {
    const world = await openWorld();
    const { cut, sealtrail, trail } = world;
    cut(true);
    await trail.propose(readContact, { ...read, id: 'p-1' });
    const facts = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, 'y'.repeat(900)]));
    for (const more of [{ facts }, { rationale: '\ud800' }, { rationale: 'x'.repeat(1_100_000) }]) {
      expect(await codeOf(trail.propose(readContact, { ...read, id: 'p-2', ...more }))).toBe('draft_invalid');
    }
    cut(false);
    expect(await sealtrail.replay()).toEqual({ replayed: 1, refused: [], stopped: [] });
    expect(await idsIn(world)).toEqual(['p-1:created']);
  });

  it('a log that takes nothing keeps no other log from getting what is theirs', async () => {
    const world = await openWorld();
    const { cut, store, sealtrail, told } = world;
    const [broken, whole] = [sealtrail.trail('broken'), sealtrail.trail('whole')];
    await store.register('broken');
    cut(true);
    for (const id of ['p-1', 'p-2']) {
      for (const trail of [broken, whole]) await trail.propose(readContact, { ...read, id });
    }
    cut(false);
    const rename = (from: string, to: string) => {
      const db = new Database(world.world.location);
      db.prepare('UPDATE heads SET tenant = ? WHERE tenant = ?').run(to, from);
      db.close();
    };
    rename('broken', 'away');
    const done = { replayed: 2, refused: [], stopped: [{ tenant: 'broken', code: 'log_broken' }] };
    expect(await sealtrail.replay()).toEqual(done);
    expect(told).toEqual([done]);
    // Only what is for the broken log goes on waiting, and what comes for it waits behind it.
    expect((await whole.propose(readContact, { ...read, id: 'p-3' })).recorded).toBe('log');
    expect((await broken.propose(readContact, { ...read, id: 'p-3' })).recorded).toBe('spool');
    rename('away', 'broken');
    expect(await sealtrail.replay()).toEqual({ replayed: 3, refused: [], stopped: [] });
    expect(await world.files('')).toEqual([]);
    await expectIntact(world.world.location, { [TENANT]: 0, broken: 3, whole: 3 });
  });
});

describe('the folder of a spool', () => {
  const openIn = async (spool: string): Promise<Sealtrail> => {
    const world = await newWorld();
    const sealtrail = await openSealtrail({ store: world.location, failure: { mode: 'open', spool } });
    onTestFinished(() => sealtrail.close());
    return sealtrail;
  };
  const newFolder = async (mode: number): Promise<string> => {
    const folder = join((await newWorld()).folder, 'spool');
    await mkdir(folder);
    await chmod(folder, mode);
    return folder;
  };

  it.each([0o777, 0o770, 0o702])('that others may write to is not used (%o)', async (mode) => {
    expect(await codeOf(openIn(await newFolder(mode)))).toBe('config_invalid');
  });

  it.skipIf(process.getuid?.() !== 0)('that somebody else owns is not used', async () => {
    const folder = await newFolder(0o700);
    await chown(folder, 65_534, 65_534);
    expect(await codeOf(openIn(folder))).toBe('config_invalid');
  });

  it('that others may read is used', async () => {
    const sealtrail = await openIn(await newFolder(0o755));
    expect(await sealtrail.replay()).toEqual({ replayed: 0, refused: [], stopped: [] });
  });
});
