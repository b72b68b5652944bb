import { expect, it } from 'vitest';
import { ben, codeOf, newWorld, sarah, update, updateContact, verifiedEntries } from './world.ts';

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
