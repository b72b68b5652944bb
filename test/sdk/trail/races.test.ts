import { authenticatedUser } from '@sealtrail/sdk';
import { describe, expect, it } from 'vitest';
import { ben, codeOf, MINUTE, newWorld, sarah, update, updateContact, verifiedEntries } from './world.ts';

const types = async (location: string) => (await verifiedEntries(location)).map(({ type }) => type);

describe('two people who click at the same moment', () => {
  it('get one decision, and the other is told and recorded as stale', async () => {
    const world = await newWorld();
    const [one, two] = [await world.plugin(), await world.plugin()];
    for (let turn = 0; turn < 10; turn++) {
      const proposal = await one.trail.propose(updateContact, update());
      const codes = await Promise.all([
        codeOf(one.trail.approve(proposal, { by: sarah })),
        codeOf(two.trail.reject(proposal, { by: ben })),
      ]);
      expect(codes.sort()).toEqual(['decision_stale', 'no error']);
    }
    const entries = await verifiedEntries(world.location);
    const count = (kind: RegExp) => entries.filter(({ type }) => kind.test(type)).length;
    expect([count(/^decision\.(approved|rejected)$/), count(/^decision\.stale$/)]).toEqual([10, 10]);
    for (const stale of entries.filter(({ type }) => type === 'decision.stale')) {
      const winner = entries.find(({ id }) => id === `${stale.data['proposal']}:decision`);
      expect(winner?.seq).toBeLessThan(stale.seq);
      expect(winner?.actor.id).not.toBe(stale.actor.id);
    }
  });
});

describe('within one process, at the same moment,', () => {
  it('two people get one decision, and the other is told and recorded as stale', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    for (let turn = 0; turn < 20; turn++) {
      const proposal = await trail.propose(updateContact, update());
      const calls = [trail.approve(proposal, { by: sarah }), trail.reject(proposal, { by: ben })];
      expect((await Promise.all(calls.map(codeOf))).sort()).toEqual(['decision_stale', 'no error']);
    }
    const entries = await verifiedEntries(world.location);
    expect(entries.filter(({ type }) => type === 'decision.stale')).toHaveLength(20);
  });

  it('what is proposed twice is one proposal, though its end is another one each time', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    // Where the two stand in each other's way differs from turn to turn.
    for (let turn = 0; turn < 50; turn++) {
      const said = update();
      const calls = [1, 2, 3].map(async (later) => {
        for (let tick = 0; tick < (later * turn) % 7; tick++) await undefined;
        world.now++;
        return trail.propose(updateContact, said);
      });
      expect(new Set((await Promise.all(calls)).map(({ expires_at }) => expires_at)).size).toBe(1);
    }
    expect(await types(world.location)).toEqual(Array(50).fill('proposal.created'));
  });
});

describe('the same click sent again', () => {
  it('gives the first decision, by its content or by its id', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const [a, b] = [
      await trail.propose(updateContact, update()),
      await trail.propose(updateContact, update()),
    ];
    const first = await trail.approve(a, { by: sarah, reason: 'fine' });
    expect(await trail.approve(a, { by: sarah, reason: 'fine' })).toEqual({ ...first, duplicate: true });
    const click = await trail.reject(b, { by: sarah, click: 'click-1', reason: 'no' });
    expect(await trail.reject(b, { by: sarah, click: 'click-1', reason: 'no, sent twice' })).toEqual({
      ...click,
      duplicate: true,
    });
    expect(await types(world.location)).toEqual([
      'proposal.created',
      'proposal.created',
      'decision.approved',
      'decision.rejected',
    ]);
  });

  it('that came too late is recorded once', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    await trail.approve(proposal, { by: sarah });
    for (let turn = 0; turn < 3; turn++) {
      expect(await codeOf(trail.reject(proposal, { by: ben, click: 'late-1', reason: 'no' }))).toBe(
        'decision_stale',
      );
    }
    expect(await types(world.location)).toEqual(['proposal.created', 'decision.approved', 'decision.stale']);
  });

  it('with other arguments, or another person’s, is no duplicate', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    const edit = (stage: string, by = sarah) =>
      trail.approveEdited(updateContact, proposal, { by, click: 'click-1', input: { id: 'c-1', stage } });
    const first = await edit('lost');
    expect(await edit('lost')).toEqual({ ...first, duplicate: true });
    expect(await codeOf(edit('won'))).toBe('id_conflict');
    expect(await codeOf(edit('lost', ben))).toBe('decision_stale');
    // The same for one that came too late.
    expect(await codeOf(edit('lost', ben))).toBe('decision_stale');
    expect(await codeOf(edit('won', ben))).toBe('id_conflict');
    expect(await types(world.location)).toEqual([
      'proposal.created',
      'decision.edited_approved',
      'decision.stale',
    ]);
  });

  it('that came too late is recorded once, also with another reason or out of another session', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    await trail.approve(proposal, { by: sarah });
    const later = authenticatedUser({ id: 'u-ben', auth_method: 'sso', session_id: 's-2' });
    for (const [by, reason] of [
      [ben, 'no'],
      [ben, 'no!'],
      [later, 'no'],
    ] as const) {
      expect(await codeOf(trail.reject(proposal, { by, reason, click: 'late-1' }))).toBe('decision_stale');
    }
    expect(await codeOf(trail.approve(proposal, { by: ben, click: 'late-1' }))).toBe('id_conflict');
    expect(await types(world.location)).toEqual(['proposal.created', 'decision.approved', 'decision.stale']);
  });

  it('is another click when the person says something else', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    await trail.approve(proposal, { by: sarah, reason: 'fine' });
    await expect(trail.approve(proposal, { by: sarah, reason: 'very fine' })).rejects.toMatchObject({
      code: 'decision_stale',
      detail: { decided: 'decision.approved', by: 'u-sarah', seq: 2 },
    });
    await verifiedEntries(world.location);
  });
});

describe('a click after the time is up', () => {
  it('finds the proposal expired, records that and the click, and tells the person', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    world.now += 10 * MINUTE + 1;
    expect(await codeOf(trail.approve(proposal, { by: sarah }))).toBe('proposal_expired');
    expect(await codeOf(trail.execute(updateContact, proposal, () => 1))).toBe('not_approved');
    expect((await trail.state(proposal)).status).toBe('expired');
    expect(await types(world.location)).toEqual([
      'proposal.created',
      'proposal.expired',
      'decision.stale',
      'execution.not_executed',
    ]);
  });

  it('does not count either when only the log’s clock knows that it was late', async () => {
    const world = await newWorld();
    // This host's clock stands still.
    const { trail } = await world.plugin({ now: () => 0 });
    const proposal = await trail.propose(updateContact, update({ expires_at: '2026-03-02T08:10:00.000Z' }));
    world.now += 10 * MINUTE + 1;
    expect(await codeOf(trail.approve(proposal, { by: sarah }))).toBe('proposal_expired');
    const state = await trail.state(proposal);
    expect([state.status, state.late, state.decision?.entry.type]).toEqual([
      'expired',
      true,
      'decision.approved',
    ]);
    expect(await codeOf(trail.execute(updateContact, proposal, () => 1))).toBe('not_approved');
    expect(await types(world.location)).toEqual([
      'proposal.created',
      'decision.approved',
      'execution.not_executed',
    ]);
  });

  it('at the very last moment counts', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    world.now += 10 * MINUTE;
    await trail.approve(proposal, { by: sarah });
    world.now += MINUTE;
    expect(await trail.execute(updateContact, proposal, ({ id }) => id)).toBe('c-1');
    expect(await types(world.location)).toEqual([
      'proposal.created',
      'decision.approved',
      'execution.started',
      'execution.executed',
    ]);
  });
});

describe('a bulk click', () => {
  it('is one entry with its size and root, and a decision or a stale entry for each proposal', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposals = [];
    for (let i = 0; i < 40; i++)
      proposals.push(await trail.propose(updateContact, update({ id: `bulk-${i + 10}` })));
    await trail.reject('bulk-12', { by: ben });
    const outcome = await trail.decideMany(proposals, {
      by: sarah,
      decision: 'approved',
      batch: 'b-1',
      reason: 'all fine',
    });
    expect(outcome).toMatchObject({
      batch: 'b-1',
      size: 40,
      stale: [{ proposal: 'bulk-12', status: 'rejected' }],
    });
    expect(outcome.decided).toHaveLength(39);
    const before = await verifiedEntries(world.location);
    // The same click sent again, also in another order, and by a process that knows nothing of the first.
    const other = (await world.plugin()).trail;
    expect(
      await other.decideMany([...proposals].reverse(), {
        by: sarah,
        decision: 'approved',
        batch: 'b-1',
        reason: 'all fine',
      }),
    ).toEqual(outcome);
    const entries = await verifiedEntries(world.location);
    expect(entries).toEqual(before);
    const members = entries.filter(
      ({ data, type }) => data['batch'] === 'b-1' && type === 'decision.approved',
    );
    expect(members.every(({ data }) => data['mode'] === 'bulk' && data['batch_size'] === 40)).toBe(true);
    expect(entries.filter(({ type }) => type === 'batch.decided').map(({ data }) => data['size'])).toEqual([
      40,
    ]);
    // Nobody else wrote: nothing stands between the click and its members.
    const from = entries.findIndex(({ type }) => type === 'batch.decided');
    expect(entries.slice(from + 1).every(({ data }) => data['batch'] === 'b-1')).toBe(true);
  });

  it('against another on the same proposals: each proposal is decided by one of them', async () => {
    const world = await newWorld();
    const [one, two] = [await world.plugin(), await world.plugin()];
    const ids = [];
    for (let i = 0; i < 20; i++) ids.push((await one.trail.propose(updateContact, update())).id);
    const [a, b] = await Promise.all([
      one.trail.decideMany(ids, { by: sarah, decision: 'approved' }),
      two.trail.decideMany(ids, { by: ben, decision: 'rejected' }),
    ]);
    expect([...a.decided, ...b.decided].sort()).toEqual([...ids].sort());
    expect(a.stale.map(({ proposal }) => proposal).sort()).toEqual([...b.decided].sort());
    const entries = await verifiedEntries(world.location);
    expect(entries.filter(({ type }) => type === 'decision.stale')).toHaveLength(20);
  });

  it('under an id that another click had is refused', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const [a, b] = [
      await trail.propose(updateContact, update()),
      await trail.propose(updateContact, update()),
    ];
    await trail.decideMany([a], { by: sarah, decision: 'approved', batch: 'b' });
    expect(await codeOf(trail.decideMany([b], { by: sarah, decision: 'approved', batch: 'b' }))).toBe(
      'id_conflict',
    );
    expect(await codeOf(trail.decideMany([], { by: sarah, decision: 'approved' }))).toBe('draft_invalid');
    await verifiedEntries(world.location);
  });
});
