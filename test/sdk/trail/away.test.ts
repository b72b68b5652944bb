import { rm } from 'node:fs/promises';
import { defineAction, type Policy, type Proposal } from '@sealtrail/sdk';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openWorld, read } from './spool-world.ts';
import { codeOf, readContact, sarah, TENANT, update, updateContact, verifiedEntries } from './world.ts';

const denyAll: Policy = { id: 'nothing-today', version: '1', decide: () => 'deny' };
const approveAll: Policy = { id: 'everything', decide: () => 'approve' };

/** An action that needs no approval, and counts. */
const note = defineAction({
  name: 'add_note',
  input: z.strictObject({ n: z.number() }),
  targets: () => [],
  approval: ({ n }) => (n > 10 ? 'required' : 'not_required'),
});
const noted = (id: string, n: number) => ({ ...read, id, input: { n } });

describe('while the log is away, under the failure policy "open"', () => {
  it('what a policy denied does not run', async () => {
    const { world, sealtrail, cut, trail } = await openWorld();
    const strict = sealtrail.trail(TENANT, { policies: [denyAll] });
    const proposal = await strict.propose(note, noted('p-1', 1));
    cut(true);
    let runs = 0;
    for (const one of [strict, trail]) {
      expect(await codeOf(one.execute(note, proposal, () => ++runs))).toBe('not_approved');
    }
    expect(await codeOf(trail.execute(note, { ...proposal, status: 'approved' }, () => ++runs))).toBe(
      'not_approved',
    );
    cut(false);
    await sealtrail.replay();
    expect(runs).toBe(0);
    expect((await trail.state('p-1')).status).toBe('rejected');
    await verifiedEntries(world.location);
  });

  it('policies deny, and the log knows of it when it is back', async () => {
    const { world, sealtrail, cut } = await openWorld();
    const strict = sealtrail.trail(TENANT, { policies: [denyAll], now: () => world.now });
    cut(true);
    let runs = 0;
    const free = await strict.propose(note, noted('p-free', 1));
    const needs = await strict.propose(note, noted('p-needs', 11));
    expect([free.status, needs.status]).toEqual(['rejected', 'rejected']);
    expect(await codeOf(strict.execute(note, free, () => ++runs))).toBe('not_approved');
    cut(false);
    // Before the replay, too, when the log has heard of nothing yet.
    expect(await codeOf(strict.execute(note, 'p-free', () => ++runs))).toBe('not_approved');
    expect((await sealtrail.replay()).refused).toEqual([]);
    expect(await codeOf(strict.execute(note, 'p-free', () => ++runs))).toBe('not_approved');
    expect(runs).toBe(0);
    const denied = (await verifiedEntries(world.location)).filter(
      ({ type }) => type === 'decision.auto_denied',
    );
    expect(denied.map(({ id, data }) => [id, data['policy'], data['policy_version']])).toEqual([
      ['p-free:decision', 'nothing-today', '1'],
      ['p-needs:decision', 'nothing-today', '1'],
    ]);
  });

  it('policies approve nothing that has to be approved', async () => {
    const { world, sealtrail, cut } = await openWorld();
    const trail = sealtrail.trail(TENANT, { policies: [approveAll], now: () => world.now });
    cut(true);
    const needs = await trail.propose(note, noted('p-needs', 11));
    expect(needs.status).toBe('pending');
    expect(await codeOf(trail.execute(note, needs, () => 1))).toBe('store_unavailable');
    cut(false);
    await sealtrail.replay();
    expect((await trail.state(needs)).status).toBe('pending');
    // Proposed again, it is approved where that is recorded.
    expect((await trail.propose(note, noted('p-needs', 11))).status).toBe('approved');
    await verifiedEntries(world.location);
  });

  it('what was executed does not run again, whoever proposed or executed it how', async () => {
    const { world, sealtrail, cut, trail } = await openWorld();
    const ran: string[] = [];
    const run = (proposal: string | Proposal<typeof note>, name: string) =>
      codeOf(trail.execute(note, proposal, () => void ran.push(name)));
    const logged = await trail.propose(note, noted('p-log', 1));
    await run(logged, 'p-log');
    await trail.propose(note, noted('p-id', 1));
    await run('p-id', 'p-id');
    cut(true);
    expect(await run(logged, 'p-log')).toBe('already_executed');
    const again = await trail.propose(note, noted('p-id', 1));
    expect(again.status).toBe('executed');
    expect(await run(again, 'p-id')).toBe('already_executed');
    const away = await trail.propose(note, noted('p-away', 1));
    const codes = await Promise.all([run(away, 'p-away'), run(away, 'p-away')]);
    expect(codes.sort()).toEqual(['already_executed', 'no error']);
    expect(await run(await trail.propose(note, noted('p-away', 1)), 'p-away')).toBe('already_executed');
    cut(false);
    // The log has heard of no execution yet.
    expect(await run('p-away', 'p-away')).toBe('already_executed');
    expect(await sealtrail.replay()).toMatchObject({ replayed: 3, refused: [] });
    expect(await run(away, 'p-away')).toBe('already_executed');
    expect(ran).toEqual(['p-log', 'p-id', 'p-away']);
    await verifiedEntries(world.location);
  });

  it('a process that starts knows what the one before executed', async () => {
    const { world, cut, trail, another } = await openWorld();
    cut(true);
    let runs = 0;
    const proposal = await trail.propose(note, noted('p-1', 1));
    await trail.execute(note, proposal, () => ++runs);
    // It is killed here; its sign of life is not old yet.
    const next = await another();
    next.cut(true);
    const again = await next.trail.propose(note, noted('p-1', 1));
    expect(again.status).toBe('executed');
    expect(await codeOf(next.trail.execute(note, again, () => ++runs))).toBe('already_executed');
    expect(runs).toBe(1);
    expect(await verifiedEntries(world.location)).toEqual([]);
  });

  it('what waits in the file of another process comes into the log in its order', async () => {
    const { world, cut, sealtrail, trail, another } = await openWorld();
    cut(true);
    await trail.propose(note, noted('p-1', 1));
    const next = await another();
    next.cut(true);
    const again = await next.trail.propose(note, noted('p-1', 1));
    let runs = 0;
    await next.trail.execute(note, again, () => ++runs);
    for (const one of [next, { cut, sealtrail }]) {
      one.cut(false);
      expect((await one.sealtrail.replay()).refused).toEqual([]);
    }
    expect((await trail.state('p-1')).status).toBe('executed');
    expect(await codeOf(trail.execute(note, 'p-1', () => ++runs))).toBe('already_executed');
    expect(runs).toBe(1);
    expect(await verifiedEntries(world.location)).toHaveLength(3);
  });

  it('of two that propose under one id at the same moment, one does, and runs', async () => {
    const { world, sealtrail, cut, trail } = await openWorld();
    cut(true);
    const both = await Promise.allSettled([3, 4].map((n) => trail.propose(note, noted('p-1', n))));
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const ran: unknown[] = [];
    for (const one of both) {
      if (one.status === 'fulfilled') await trail.execute(note, one.value, (input) => void ran.push(input));
    }
    expect(ran).toEqual([{ n: 3 }]);
    cut(false);
    expect(await sealtrail.replay()).toEqual({ replayed: 3, refused: [], stopped: [] });
    await verifiedEntries(world.location);
  });

  it('an id stands for what was recorded under it first', async () => {
    const { world, sealtrail, cut, trail } = await openWorld();
    await trail.propose(note, noted('p-log', 99));
    cut(true);
    await trail.propose(note, noted('p-away', 3));
    for (const [id, n] of [
      ['p-log', 3],
      ['p-away', 99],
      ['p-away', 4],
    ] as const) {
      expect(await codeOf(trail.propose(note, noted(id, n)))).not.toBe('no error');
    }
    expect(await codeOf(trail.propose(readContact, { ...read, id: 'p-away' }))).not.toBe('no error');
    cut(false);
    expect(await sealtrail.replay()).toMatchObject({ replayed: 1, refused: [] });
    expect(await verifiedEntries(world.location)).toHaveLength(2);
  });

  it('runs with what was recorded, and as the caller says who runs it', async () => {
    const { world, sealtrail, cut, trail } = await openWorld();
    const proposals = [await trail.propose(note, noted('p-log', 3))];
    cut(true);
    proposals.push(await trail.propose(note, noted('p-away', 3)));
    const ran: unknown[] = [];
    const run = (input: unknown) => void ran.push(input);
    for (const proposal of proposals) {
      const changed = { ...proposal, input: { n: 99 } };
      expect(await codeOf(trail.execute(note, changed, run))).toBe('args_mismatch');
      expect(await codeOf(trail.execute(note, proposal, run, { input: { n: 4 } }))).toBe('args_mismatch');
      const other = proposal as unknown as Proposal<typeof readContact>;
      expect(await codeOf(trail.execute(readContact, other, run))).toBe('input_invalid');
      expect(ran).toEqual([]);
      await trail.execute(note, proposal, run, { input: { n: 3 }, actor: { type: 'system', id: 'nightly' } });
      expect(ran.splice(0)).toEqual([{ n: 3 }]);
    }
    cut(false);
    expect((await sealtrail.replay()).refused).toEqual([]);
    const entries = await verifiedEntries(world.location);
    const types = entries.map(({ type }) => type);
    expect(types.filter((type) => type === 'execution.args_mismatch')).toHaveLength(4);
    const begun = entries.filter(({ type }) => type === 'execution.started' || type === 'execution.executed');
    expect(begun.map(({ actor }) => actor.id)).toEqual(Array(4).fill('nightly'));
  });

  it('nothing runs that only its caller calls a proposal without need of approval', async () => {
    const { world, cut, trail } = await openWorld();
    const proposal = await trail.propose(updateContact, update({ id: 'p-1' }));
    cut(true);
    const claims = { approval: 'not_required', status: 'approved' } as const;
    for (const recorded of ['log', 'spool'] as const) {
      for (const id of ['p-1', 'p-unknown']) {
        const forged = { ...proposal, ...claims, recorded, id };
        expect(await codeOf(trail.execute(updateContact, forged, () => 1))).toBe('store_unavailable');
      }
    }
    cut(false);
    await trail.approve(proposal, { by: sarah });
    cut(true);
    expect(await codeOf(trail.execute(updateContact, { ...proposal, ...claims }, () => 1))).toBe(
      'store_unavailable',
    );
    expect(await verifiedEntries(world.location)).toHaveLength(2);
  });

  it('a spool that cannot be written after an action was taken says that it was', async () => {
    const { world, spool, cut, sealtrail, trail } = await openWorld();
    cut(true);
    const proposal = await trail.propose(note, noted('p-1', 1));
    const lost = trail.execute(note, proposal, async () => {
      cut(false);
      await sealtrail.replay();
      cut(true);
      await rm(spool, { recursive: true });
    });
    expect(await codeOf(lost)).toBe('outcome_unrecorded');
    expect(await codeOf(trail.execute(note, proposal, () => 1))).toBe('already_executed');
    cut(false);
    expect((await verifiedEntries(world.location)).map(({ type }) => type)).toEqual([
      'proposal.created',
      'execution.started',
    ]);
  });
});

describe('an append of which nobody knows whether it was done', () => {
  it('is kept as well, and found in the log at the replay', async () => {
    const { world, files, lose, sealtrail, trail } = await openWorld();
    lose('commit');
    const proposal = await trail.propose(readContact, { ...read, id: 'p-1' });
    expect(proposal.recorded).toBe('spool');
    lose();
    expect(await sealtrail.replay()).toEqual({ replayed: 1, refused: [], stopped: [] });
    expect([...(await files()), ...(await files('.refused'))]).toEqual([]);
    expect(await verifiedEntries(world.location)).toHaveLength(1);
  });

  it('of the start of an action is the start of this one', async () => {
    const { world, cut, lose, sealtrail, trail } = await openWorld();
    const proposal = await trail.propose(readContact, { ...read, id: 'p-1' });
    lose('commit');
    let runs = 0;
    expect(await trail.execute(readContact, proposal, () => ++runs)).toBe(1);
    cut(true);
    lose();
    expect(await codeOf(trail.execute(readContact, proposal, () => ++runs))).toBe('already_executed');
    cut(false);
    expect((await sealtrail.replay()).refused).toEqual([]);
    expect((await verifiedEntries(world.location)).map(({ type }) => type)).toEqual([
      'proposal.created',
      'execution.started',
      'execution.executed',
    ]);
  });

  it('is the same when it is recorded once more', async () => {
    const { world, cut, sealtrail, trail } = await openWorld();
    const change = {
      change: 'ch-1',
      actor: { type: 'system', id: 'crm' },
      target: { type: 'contact', id: 'c-1' },
      fields: ['phone'],
      before: { phone: '1' },
      after: { phone: '2' },
    } as const;
    cut(true);
    await trail.recordChange({ ...change, fields: [...change.fields] });
    world.now += 1_000;
    await trail.recordChange({ ...change, fields: [...change.fields] });
    cut(false);
    expect(await sealtrail.replay()).toEqual({ replayed: 2, refused: [], stopped: [] });
    expect(await verifiedEntries(world.location)).toHaveLength(1);
  });
});
