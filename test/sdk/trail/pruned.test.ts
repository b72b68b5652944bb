import { join } from 'node:path';
import { executionExecuted, proposalCreated } from '@sealtrail/events';
import { openSealtrail } from '@sealtrail/sdk';
import { Log } from '@sealtrail/store';
import { expect, it, onTestFinished } from 'vitest';
import { proposalIdOf } from '../../../packages/sdk/src/adapters/shared/call-id.ts';
import { proposeCall } from '../../../packages/sdk/src/adapters/shared/calls.ts';
import { orDecided } from '../../../packages/sdk/src/adapters/shared/changed-call.ts';
import { DAY, retain } from './retention.ts';
import { cuttable } from './spool-world.ts';
import {
  agent,
  codeOf,
  newWorld,
  sarah,
  TENANT,
  update,
  updateContact,
  verifiedEntries,
  type World,
} from './world.ts';

const far = '2027-01-01T00:00:00.000Z';
const other = (id = 'p-old') => update({ id, input: { id: 'c-1', stage: 'lost' }, expires_at: far });

/** A log in which a proposal was pruned while its approval was not. */
async function withLeftover(world: World, id = 'p-old') {
  const { trail, sealtrail } = await world.plugin();
  const retention = await retain(world, sealtrail);
  await trail.propose(updateContact, update({ id, expires_at: far }));
  await retention.cut();
  world.now += 2 * DAY;
  await trail.approve(id, { by: sarah });
  await retention.cut();
  world.now += 29 * DAY;
  expect(await retention.prune()).toEqual({ from: 0, to: 2 });
  return { trail, sealtrail };
}

const types = async ({ location }: World) => (await verifiedEntries(location)).map(({ type }) => type);

it('a proposal under an id of which a pruned one left its decision is refused, and does not wait for ever', async () => {
  const world = await newWorld();
  const key = { scope: 'thread-1', toolCallId: 'call_1' };
  const proposal = proposalIdOf(key);
  const { trail } = await withLeftover(world, proposal);
  const refused = trail.propose(updateContact, other(proposal));
  await expect(refused).rejects.toMatchObject({ code: 'id_conflict', detail: { proposal } });
  expect(await codeOf(trail.state(proposal))).toBe('proposal_unknown');
  expect(await types(world)).toEqual(['decision.approved', 'retention.pruned']);
  const { id: _, ...unnamed } = other();
  // Nor is it told as something else by way of a framework.
  const call = { ...key, action: updateContact, agent, said: { ...unnamed } };
  expect(await codeOf(proposeCall(trail as never, call as never, orDecided))).toBe('id_conflict');
  expect((await trail.propose(updateContact, unnamed)).status).toBe('pending');
});

it('a proposal that waited in the spool under such an id is kept aside, and reported', async () => {
  const world = await newWorld();
  const { sealtrail } = await withLeftover(world);
  const { store, cut } = cuttable(sealtrail.store);
  cut(true);
  const failure = { mode: 'open', spool: join(world.folder, 'spool'), replayEveryMs: 3_600_000 } as const;
  const open = await openSealtrail({ store, failure });
  onTestFinished(() => open.close());
  const kept = await open.trail(TENANT, { now: () => world.now }).propose(updateContact, other());
  expect(kept.recorded).toBe('spool');
  cut(false);
  expect(await open.replay()).toMatchObject({
    replayed: 0,
    refused: [{ tenant: TENANT, id: 'p-old:created', code: 'id_conflict' }],
  });
  expect(await types(world)).toEqual(['decision.approved', 'retention.pruned']);
});

it.each([
  ['p-1:created', 0],
  ['p-1:decision', 1],
])(
  'a proposal that is made, decided and executed while it is read is no such one: %s comes later',
  async (missed, read) => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    const given = update({ id: 'p-1' });
    await trail.propose(updateContact, given);
    await trail.approve('p-1', { by: sarah });
    await trail.execute(updateContact, 'p-1', () => 'ran');
    const { store } = sealtrail;
    // A read that is no snapshot: it had passed the place of one entry before that was there, and found what came after it.
    let reads = 0;
    const findByIds: typeof store.findByIds = async (tenant, ids) => {
      const found = new Map(await store.findByIds(tenant, ids));
      if (ids.includes('p-1:started') && reads++ === read) found.delete(missed);
      return found;
    };
    const torn = new Proxy(store, {
      get: (target, name) => {
        if (name === 'findByIds') return findByIds;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const second = await openSealtrail({ store: torn });
    onTestFinished(() => second.close());
    const again = await second.trail(TENANT, { now: () => world.now }).propose(updateContact, given);
    expect([again.status, reads > read]).toEqual(['executed', true]);
  },
);

it('an approval that outlived its pruned proposal allows nothing that is proposed under the same id', async () => {
  const world = await newWorld();
  const { trail, sealtrail } = await withLeftover(world);
  // By another way than a trail: the operator's.
  const log = new Log(sealtrail.store);
  const { id: proposal = '', input, agent: actor, ...said } = other();
  await log.append(
    TENANT,
    proposalCreated({
      ...said,
      proposal,
      actor: { type: 'agent', ...actor },
      action: 'update_contact',
      targets: [],
      args: input,
    }),
  );
  await log.close();
  expect(await codeOf(trail.propose(updateContact, other()))).toBe('id_conflict');
  const { status, decision } = await trail.state('p-old');
  expect([status, decision]).toEqual(['pending', undefined]);
  expect(await codeOf(trail.execute(updateContact, 'p-old', () => 'ran'))).toBe('not_approved');
  // Nor can it be approved: the id of its decision is taken.
  expect(await codeOf(trail.approve('p-old', { by: sarah }))).toBe('id_conflict');
  expect(await types(world)).toEqual([
    'decision.approved',
    'retention.pruned',
    'proposal.created',
    'execution.not_executed',
  ]);
});

it('an entry that only has the id of a proposal is none, and is told from one', async () => {
  const world = await newWorld();
  const { trail, sealtrail } = await world.plugin();
  const log = new Log(sealtrail.store);
  await log.append(TENANT, { id: 'p-1:created', type: 'note.added', actor: { type: 'system', id: 'x' } });
  await log.close();
  expect(await codeOf(trail.propose(updateContact, update({ id: 'p-1' })))).toBe('id_conflict');
});

it('entries of other types under the ids of an execution change nothing, nor does one that rests on something else', async () => {
  const world = await newWorld();
  const { trail, sealtrail } = await world.plugin();
  const proposal = await trail.propose(updateContact, update({ id: 'p-1' }));
  const log = new Log(sealtrail.store);
  const actor = { type: 'system', id: 'x' } as const;
  await log.append(TENANT, { id: 'p-1:started', type: 'note.added', actor });
  await log.append(TENANT, { id: 'p-1:execution', type: 'note.added', actor });
  expect((await trail.state(proposal)).status).toBe('pending');
  await trail.propose(updateContact, update({ id: 'p-2' }));
  await log.append(
    TENANT,
    executionExecuted({
      proposal: 'p-2',
      actor: { type: 'agent', ...agent },
      action: 'update_contact',
      targets: [],
      approval: 'decided',
      allowed_by: (await trail.state('p-1')).created.hash,
    }),
  );
  expect((await trail.state('p-2')).status).toBe('pending');
  await log.close();
  expect(await verifiedEntries(world.location)).toHaveLength(5);
});
