import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWorld, read } from './spool-world.ts';
import { codeOf, readContact, sarah, TENANT, update, updateContact, verifiedEntries } from './world.ts';

describe('with the failure policy "open"', () => {
  it('what needs no approval goes on while the log is away, and is in it afterwards', async () => {
    const { world, spool, files, cut, sealtrail, trail } = await openWorld();
    cut(true);
    const proposal = await trail.propose(readContact, { ...read, id: 'p-away' });
    expect(proposal).toMatchObject({ status: 'approved', recorded: 'spool' });
    expect(await trail.execute(readContact, proposal, ({ id }) => id)).toBe('c-1');
    expect(
      await trail.recordChange({
        change: 'ch-1',
        actor: { type: 'system', id: 'crm' },
        target: { type: 'contact', id: 'c-1' },
        fields: ['phone'],
        before: { phone: '1' },
        after: { phone: '2' },
      }),
    ).toEqual({ recorded: 'spool', id: 'ch-1:change' });
    for (const file of await readdir(spool)) {
      expect((await stat(join(spool, file))).mode & 0o077).toBe(0);
    }
    expect(await files()).toHaveLength(1);
    cut(false);
    world.now += 60_000;
    expect(await sealtrail.replay()).toEqual({ replayed: 4, refused: [], stopped: [] });
    expect(await readdir(spool)).toEqual([]);
    const entries = await verifiedEntries(world.location);
    expect(entries.map(({ type }) => type)).toEqual([
      'proposal.created',
      'execution.started',
      'execution.executed',
      'record.changed',
    ]);
    expect(entries.every(({ data }) => data['spooled_at'] === '2026-03-02T08:00:00.000Z')).toBe(true);
    expect((await trail.state('p-away')).status).toBe('executed');
  });

  it('an action goes on when the log goes away after its proposal', async () => {
    const { world, cut, sealtrail, trail } = await openWorld();
    const proposal = await trail.propose(readContact, { ...read, id: 'p-late' });
    cut(true);
    let runs = 0;
    expect(await trail.execute(readContact, proposal, () => ++runs)).toBe(1);
    cut(false);
    await sealtrail.replay();
    expect((await trail.state(proposal)).status).toBe('executed');
    expect(await codeOf(trail.execute(readContact, proposal, () => ++runs))).toBe('already_executed');
    expect((await verifiedEntries(world.location)).map(({ type }) => type)).toEqual([
      'proposal.created',
      'execution.started',
      'execution.executed',
    ]);
  });

  it('what has to be approved still waits, and is not decided without the log', async () => {
    const { world, cut, sealtrail, trail } = await openWorld();
    cut(true);
    const proposal = await trail.propose(updateContact, update({ id: 'p-needs' }));
    expect(proposal).toMatchObject({ status: 'pending', recorded: 'spool' });
    expect(await codeOf(trail.approve(proposal, { by: sarah }))).toBe('store_unavailable');
    expect(await codeOf(trail.execute(updateContact, proposal, () => 1))).toBe('store_unavailable');
    cut(false);
    await sealtrail.replay();
    await trail.approve(proposal, { by: sarah });
    expect(await trail.execute(updateContact, proposal.id, () => 1)).toBe(1);
    await verifiedEntries(world.location);
  });

  it('what comes while something still waits goes behind it', async () => {
    const { world, cut, sealtrail, trail } = await openWorld();
    cut(true);
    await trail.propose(readContact, { ...read, id: 'p-1' });
    cut(false);
    expect((await trail.propose(readContact, { ...read, id: 'p-2' })).recorded).toBe('spool');
    await sealtrail.replay();
    expect((await trail.propose(readContact, { ...read, id: 'p-3' })).recorded).toBe('log');
    expect((await verifiedEntries(world.location)).map(({ id }) => id)).toEqual([
      'p-1:created',
      'p-2:created',
      'p-3:created',
    ]);
  });

  it('nobody waits for a replay that does not get on', async () => {
    const { world, cut, stall, sealtrail, trail } = await openWorld();
    cut(true);
    await trail.propose(readContact, { ...read, id: 'p-1' });
    cut(false);
    const goOn = stall();
    const replay = sealtrail.replay();
    const proposal = await trail.propose(readContact, { ...read, id: 'p-2' });
    expect(await trail.execute(readContact, proposal, () => 1)).toBe(1);
    goOn();
    const done = [await replay, await sealtrail.replay()];
    expect(done.reduce((sum, { replayed }) => sum + replayed, 0)).toBe(4);
    expect((await verifiedEntries(world.location)).map(({ id }) => id)).toEqual([
      'p-1:created',
      'p-2:created',
      'p-2:started',
      'p-2:execution',
    ]);
  });

  it('a replay that is interrupted goes on later, and appends nothing twice', async () => {
    const { world, spool, files, cut, sealtrail, trail } = await openWorld();
    cut(true);
    for (const id of ['p-1', 'p-2', 'p-3']) await trail.propose(readContact, { ...read, id });
    expect(await codeOf(sealtrail.replay())).toBe('store_unavailable');
    const [file] = await files();
    const kept = await readFile(join(spool, file as string), 'utf8');
    cut(false);
    await sealtrail.replay();
    // The process was killed after the append and before the file was removed: its file is there again, with a torn line.
    const dead = join(spool, (file as string).replace(`~${process.pid}~`, '~999999999~'));
    await writeFile(dead, `${kept}{"v":1,"tenant":"ac`);
    expect(await sealtrail.replay()).toEqual({ replayed: 3, refused: [], stopped: [] });
    expect((await verifiedEntries(world.location)).map(({ id }) => id)).toEqual([
      'p-1:created',
      'p-2:created',
      'p-3:created',
    ]);
    const [refused] = await files('.refused');
    expect(await readFile(join(spool, refused as string), 'utf8')).toBe('{"v":1,"tenant":"ac\n');
  });

  it('what the log refuses is kept aside and named', async () => {
    const { world, spool, files, cut, sealtrail, trail, another } = await openWorld();
    const other = await another();
    for (const id of ['p-1', 'p-2']) {
      await other.trail.propose(readContact, { ...read, id });
      cut(true);
      await trail.propose(readContact, { ...read, id, rationale: `another ${id}` });
      cut(false);
      expect(await sealtrail.replay()).toEqual({
        replayed: 0,
        refused: [{ tenant: TENANT, id: `${id}:created`, code: 'id_conflict' }],
        stopped: [],
      });
    }
    // What is refused later takes nothing from what was refused before.
    const kept = await Promise.all(
      (await files('.refused')).map((name) => readFile(join(spool, name), 'utf8')),
    );
    expect(kept.join('')).toContain('another p-1');
    expect(kept.join('')).toContain('another p-2');
    expect(await verifiedEntries(world.location)).toHaveLength(2);
  });

  it('a spool that cannot be written stops the action', async () => {
    const { world, spool, cut, trail } = await openWorld();
    cut(true);
    await rm(spool, { recursive: true });
    expect(await codeOf(trail.propose(readContact, read))).toBe('spool_failed');
    cut(false);
    expect(await verifiedEntries(world.location)).toEqual([]);
  });
});
