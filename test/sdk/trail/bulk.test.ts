import { batchDecided, decisionApproved } from '@sealtrail/events';
import { Log } from '@sealtrail/store';
import { expect, it } from 'vitest';
import { ben, codeOf, newWorld, sarah, TENANT, update, updateContact, verifiedEntries } from './world.ts';

it('a bulk click under an id that was another click decides nothing', async () => {
  const world = await newWorld();
  const { trail } = await world.plugin();
  const [one, two] = [
    await trail.propose(updateContact, update({ id: 'p-1' })),
    await trail.propose(updateContact, update({ id: 'p-2' })),
  ];
  await trail.decideMany([one], { by: sarah, decision: 'approved', batch: 'b-1' });
  expect(await codeOf(trail.decideMany([two], { by: ben, decision: 'rejected', batch: 'b-1' }))).toBe(
    'id_conflict',
  );
  // What was given to the log together goes on without what it refused.
  await new Promise((resume) => setTimeout(resume, 300));
  expect((await trail.state(two)).status).toBe('pending');
  expect((await verifiedEntries(world.location)).map(({ type }) => type)).toEqual([
    'proposal.created',
    'proposal.created',
    'batch.decided',
    'decision.approved',
  ]);
});

it('a bulk click that was recorded in part is finished when it is sent again, in whatever words', async () => {
  const world = await newWorld();
  const { trail, sealtrail } = await world.plugin();
  const proposals = ['p-1', 'p-2'];
  for (const id of proposals) await trail.propose(updateContact, update({ id }));
  // What a process leaves behind that is killed in between.
  const log = new Log(sealtrail.store);
  const actor = { type: 'user', id: 'u-sarah', auth_method: 'sso', role: 'manager' } as const;
  await log.append(TENANT, batchDecided({ batch: 'b-1', actor, decision: 'approved', proposals }));
  const said = { actor, targets: [], reason: 'all fine', batch: { id: 'b-1', size: 2 } };
  await log.append(TENANT, decisionApproved({ ...said, proposal: 'p-1' }));
  await log.close();
  const click = { by: sarah, decision: 'approved', batch: 'b-1', reason: 'all of it is fine' } as const;
  const first = await trail.decideMany(proposals, click);
  expect(first).toEqual({ batch: 'b-1', size: 2, decided: proposals, stale: [] });
  expect(await trail.decideMany(proposals, { ...click, reason: undefined })).toEqual(first);
  expect(await verifiedEntries(world.location)).toHaveLength(5);
});

it('a bulk click that came too late is recorded once, in whatever words it is sent again', async () => {
  const world = await newWorld();
  const { trail } = await world.plugin();
  const proposals = ['p-1', 'p-2'];
  for (const id of proposals) await trail.propose(updateContact, update({ id }));
  await trail.reject('p-1', { by: ben });
  const click = { by: sarah, decision: 'approved', batch: 'b-1' } as const;
  const first = await trail.decideMany(proposals, { ...click, reason: 'all fine' });
  expect(first).toMatchObject({ decided: ['p-2'], stale: [{ proposal: 'p-1', status: 'rejected' }] });
  expect(await trail.decideMany(proposals, { ...click, reason: 'all of it is fine' })).toEqual(first);
  expect((await verifiedEntries(world.location)).map(({ type }) => type).slice(2)).toEqual([
    'decision.rejected',
    'batch.decided',
    'decision.stale',
    'decision.approved',
  ]);
});
