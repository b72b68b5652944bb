import { openSealtrail, type Policy } from '@sealtrail/sdk';
import { openSqliteStore } from '@sealtrail/store/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  agent,
  ben,
  codeOf,
  MINUTE,
  newWorld,
  readContact,
  sarah,
  update,
  updateContact,
  verifiedEntries,
} from './world.ts';

const SCOPE = { agent: 'assistant', action: 'update_contact' };

describe('a policy', () => {
  const careful: Policy = {
    id: 'careful',
    version: '3',
    decide: ({ confidence }) => ((confidence ?? 0) < 0.5 ? 'deny' : undefined),
  };
  const contacts: Policy = {
    id: 'contacts',
    decide: async ({ targets, risk }) =>
      risk === 'medium' && targets[0]?.type === 'contact' ? 'approve' : undefined,
  };

  it('approves or denies in its own name; the first that has an opinion decides', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin({ policies: [careful, contacts] });
    const [sure, unsure] = [
      await trail.propose(updateContact, update()),
      await trail.propose(updateContact, update({ confidence: 0.2 })),
    ];
    expect([sure.status, unsure.status]).toEqual(['approved', 'rejected']);
    expect(await codeOf(trail.approve(unsure, { by: sarah }))).toBe('decision_stale');
    expect(await trail.execute(updateContact, sure, () => 'done')).toBe('done');
    const decisions = (await verifiedEntries(world.location)).filter(({ type }) =>
      type.startsWith('decision.auto'),
    );
    expect(
      decisions.map(({ type, actor, data }) => [
        type,
        actor.type,
        data['policy'],
        data['policy_version'],
        data['mode'],
      ]),
    ).toEqual([
      ['decision.auto_approved', 'system', 'contacts', undefined, 'policy'],
      ['decision.auto_denied', 'system', 'careful', '3', 'policy'],
    ]);
  });

  it('also denies what needs no approval', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin({ policies: [careful] });
    const proposal = await trail.propose(readContact, {
      agent,
      input: { id: 'c-1' },
      rationale: null,
      confidence: null,
    });
    expect(proposal.status).toBe('rejected');
    expect(await codeOf(trail.execute(readContact, proposal, () => 1))).toBe('not_approved');
    await verifiedEntries(world.location);
  });

  it('that throws leaves the proposal to a person', async () => {
    const world = await newWorld();
    const broken: Policy = {
      id: 'broken',
      decide: () => {
        throw new Error('no rules today');
      },
    };
    const { trail } = await world.plugin({ policies: [broken] });
    await expect(trail.propose(updateContact, update({ id: 'p-broken' }))).rejects.toThrow('no rules today');
    expect((await trail.state('p-broken')).status).toBe('pending');
    await verifiedEntries(world.location);
  });
});

describe('a standing grant', () => {
  it('approves what its agent proposes of its action, and nothing else, until revoked', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const grant = await trail.grant(SCOPE, { by: sarah, reason: 'she is always right' });
    const granted = await trail.propose(updateContact, update());
    const stranger = await trail.propose(updateContact, update({ agent: { id: 'other' } }));
    expect([granted.status, stranger.status]).toEqual(['approved', 'pending']);
    expect((await trail.state(granted)).decision?.entry.data).toMatchObject({
      mode: 'grant',
      grant: grant.grant,
    });
    await trail.revoke(SCOPE, { by: ben });
    await trail.revoke(SCOPE, { by: ben });
    expect((await trail.propose(updateContact, update())).status).toBe('pending');
    // What the grant allowed and was not executed yet is off as well.
    expect(await codeOf(trail.execute(updateContact, granted, () => 1))).toBe('not_approved');
    const entries = await verifiedEntries(world.location);
    expect(
      entries.filter(({ type }) => type.startsWith('authority.')).map(({ type, actor }) => [type, actor.id]),
    ).toEqual([
      ['authority.grant_created', 'u-sarah'],
      ['authority.grant_revoked', 'u-ben'],
    ]);
  });

  it.each([
    ['a host whose clock is right', 0],
    ['a host whose clock is behind', -10],
    ['a host whose clock is ahead', 10],
  ])('that was over when it was given is told as such by the log’s clock, from %s', async (_, minutes) => {
    const world = await newWorld();
    const now = () => world.now + minutes * MINUTE;
    const { trail } = await world.plugin({ now });
    const until = (from: number) => new Date(from).toISOString();
    const over = { by: sarah, expires_at: until(world.now - 1) };
    await expect(trail.grant(SCOPE, over)).rejects.toMatchObject({
      code: 'grant_expired',
      detail: { ...SCOPE, expires_at: over.expires_at },
    });
    // One that still holds is refused by no clock.
    const good = { by: sarah, expires_at: until(world.now + MINUTE) };
    expect(await trail.grant(SCOPE, good)).toMatchObject({ expires_at: good.expires_at });
    const { trail: right } = await world.plugin();
    expect((await right.propose(updateContact, update())).status).toBe('approved');
    const entries = await verifiedEntries(world.location);
    expect(entries.map(({ type, data }) => [type, data['expires_at']]).slice(0, 2)).toEqual([
      ['authority.grant_created', over.expires_at],
      ['authority.grant_created', good.expires_at],
    ]);
  });

  it('is made once when two people grant at the same moment, and can be made again after it was revoked', async () => {
    const world = await newWorld();
    const [one, two] = [await world.plugin(), await world.plugin()];
    const [a, b] = await Promise.all([
      one.trail.grant(SCOPE, { by: sarah }),
      two.trail.grant(SCOPE, { by: ben }),
    ]);
    expect(a.grant).toBe(b.grant);
    const names = new Set([a.grant]);
    for (let turn = 0; turn < 10; turn++) {
      await one.trail.revoke(SCOPE, { by: sarah });
      names.add((await two.trail.grant(SCOPE, { by: ben })).grant);
    }
    expect(names.size).toBe(11);
    expect((await one.trail.propose(updateContact, update())).status).toBe('approved');
    await verifiedEntries(world.location);
  });

  it('ends at its time, and one that never was cannot be revoked', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    expect(await codeOf(trail.revoke(SCOPE, { by: ben }))).toBe('grant_unknown');
    await trail.grant(SCOPE, { by: sarah, expires_at: new Date(world.now + MINUTE).toISOString() });
    expect((await trail.propose(updateContact, update())).status).toBe('approved');
    world.now += MINUTE + 1;
    expect((await trail.propose(updateContact, update())).status).toBe('pending');
    await trail.grant(SCOPE, { by: sarah });
    expect((await trail.propose(updateContact, update())).status).toBe('approved');
    await verifiedEntries(world.location);
  });

  it('that is revoked while an execution begins stops it if the log has the revocation first', async () => {
    const world = await newWorld();
    const other = await world.plugin();
    // Somebody revokes between the look at the grant and the beginning of the execution.
    let revoke: (() => Promise<void>) | undefined;
    const store = await openSqliteStore(world.location, { now: () => world.now });
    onTestFinished(() => store.close());
    const findByIds: typeof store.findByIds = async (tenant, ids) => {
      const found = await store.findByIds(tenant, ids);
      if (ids.some((id) => id.endsWith(':revoked'))) {
        const now = revoke;
        revoke = undefined;
        await now?.();
      }
      return found;
    };
    const paused = new Proxy(store, {
      get: (target, name) => {
        if (name === 'findByIds') return findByIds;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const sealtrail = await openSealtrail({ store: paused });
    onTestFinished(() => sealtrail.close());
    const trail = sealtrail.trail('acme', { now: () => world.now });
    await other.trail.grant(SCOPE, { by: sarah });
    const proposal = await trail.propose(updateContact, update());
    revoke = () => other.trail.revoke(SCOPE, { by: ben });
    const ran: unknown[] = [];
    const execution = trail.execute(updateContact, proposal, (input) => ran.push(input));
    await expect(execution).rejects.toMatchObject({
      code: 'not_approved',
      detail: { status: 'grant_revoked' },
    });
    expect(ran).toEqual([]);
    expect((await trail.state(proposal)).status).toBe('failed');
    const entries = await verifiedEntries(world.location);
    expect(entries.slice(3).map(({ type, data }) => [type, data['reason']])).toEqual([
      ['authority.grant_revoked', undefined],
      ['execution.started', undefined],
      ['execution.not_executed', 'grant_revoked'],
      ['execution.failed', undefined],
    ]);
  });

  it('that is revoked after an execution began lets it end', async () => {
    const world = await newWorld();
    const [one, other] = [await world.plugin(), await world.plugin()];
    await one.trail.grant(SCOPE, { by: sarah });
    const proposal = await one.trail.propose(updateContact, update());
    const run = () => other.trail.revoke(SCOPE, { by: ben }).then(() => 'done');
    expect(await one.trail.execute(updateContact, proposal, run)).toBe('done');
    expect((await one.trail.state(proposal)).status).toBe('executed');
    await verifiedEntries(world.location);
  });

  it('allows nothing after its time by the log’s clock, whatever the host’s says', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    await trail.grant(SCOPE, { by: sarah, expires_at: new Date(world.now + MINUTE).toISOString() });
    const start = world.now;
    const slow = (await world.plugin({ now: () => start })).trail;
    const inTime = await slow.propose(updateContact, update());
    world.now += MINUTE + 1;
    const late = await slow.propose(updateContact, update());
    expect(late.status).toBe('approved');
    const execution = slow.execute(updateContact, late, () => 'ran');
    await expect(execution).rejects.toMatchObject({
      code: 'not_approved',
      detail: { status: 'grant_expired' },
    });
    expect(await slow.execute(updateContact, inTime, () => 'ran')).toBe('ran');
    const refusals = (await verifiedEntries(world.location)).filter(
      ({ type }) => type === 'execution.not_executed',
    );
    expect(refusals.map(({ data }) => data['reason'])).toEqual(['grant_expired']);
  });
});
