import { join } from 'node:path';
import { executionExecuted } from '@sealtrail/sdk';
import { anchorTenant, Log, prune, setRetention } from '@sealtrail/store';
import { expect, it } from 'vitest';
import { agent, codeOf, newWorld, sarah, TENANT, update, updateContact, verifiedEntries } from './world.ts';

const DAY = 86_400_000;
const BY = { type: 'user', id: 'u-dpo', auth_method: 'sso' } as const;

it('an approval that outlived its pruned proposal allows nothing that is proposed under the same id', async () => {
  const world = await newWorld();
  const { trail, sealtrail } = await world.plugin();
  const { store } = sealtrail;
  const now = () => world.now;
  const log = new Log(store);
  await setRetention(log, TENANT, { preset: 'custom', days: 30 }, { by: BY });
  await log.close();
  const far = '2027-01-01T00:00:00.000Z';
  await trail.propose(updateContact, update({ id: 'p-old', expires_at: far }));
  await anchorTenant(store, TENANT, { minEntries: 1, now });
  world.now += 2 * DAY;
  await trail.approve('p-old', { by: sarah });
  await anchorTenant(store, TENANT, { minEntries: 1, now });
  world.now += 29 * DAY;
  const { range } = await prune(store, TENANT, { by: BY, archive: join(world.folder, 'archive'), now });
  expect(range).toEqual({ from: 0, to: 2 });

  const other = update({ id: 'p-old', input: { id: 'c-1', stage: 'lost' }, expires_at: far });
  expect(await codeOf(trail.propose(updateContact, other))).toBe('id_conflict');
  const { status, decision } = await trail.state('p-old');
  expect([status, decision]).toEqual(['pending', undefined]);
  expect(await codeOf(trail.execute(updateContact, 'p-old', () => 'ran'))).toBe('not_approved');
  // Nor can it be approved: the id of its decision is taken.
  expect(await codeOf(trail.approve('p-old', { by: sarah }))).toBe('id_conflict');
  const entries = await verifiedEntries(world.location);
  expect(entries.map(({ type }) => type)).toEqual([
    'decision.approved',
    'retention.pruned',
    'proposal.created',
    'execution.not_executed',
  ]);
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
