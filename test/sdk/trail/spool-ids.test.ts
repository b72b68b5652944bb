import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readOpenings } from '@sealtrail/format';
import { describe, expect, it } from 'vitest';
import { openWorld, read, type SpoolWorld } from './spool-world.ts';
import { readContact, sarah, TENANT, update, updateContact, verifiedEntries } from './world.ts';

const entriesOf = async ({ world }: SpoolWorld) =>
  (await verifiedEntries(world.location)).map(({ id, type }) => `${id} ${type}`);
const conflict = (id: string) => ({ tenant: TENANT, id, code: 'id_conflict' });

/** Two processes that use one id for two proposals, one of them while the log is away from it. */
describe('what was done while the log was away, under an id that is another proposal’s in the log', () => {
  it.each([
    ['another action', updateContact, { id: 'c-2', stage: 'won' }],
    ['other arguments', readContact, { id: 'c-2' }],
  ] as const)('is not recorded as done about that one: %s', async (_, action, input) => {
    const one = await openWorld();
    const { trail } = await one.another();
    one.cut(true);
    const proposal = await one.trail.propose(readContact, { ...read, id: 'p-1' });
    await one.trail.execute(readContact, proposal, () => 'read');
    await trail.propose(action as never, update({ id: 'p-1', input }) as never);
    one.cut(false);
    expect(await one.sealtrail.replay()).toEqual({
      replayed: 0,
      refused: ['p-1:created', 'p-1:started', 'p-1:execution'].map(conflict),
      stopped: [],
    });
    expect(await entriesOf(one)).toEqual(['p-1:created proposal.created']);
    const [file] = await one.files('.refused');
    expect(await readFile(join(one.spool, String(file)), 'utf8')).toContain('"result":"read"');
    // The one in the log waits, or is executed, as if nothing had been.
    if (action === updateContact) await trail.approve('p-1', { by: sarah });
    expect(await trail.execute(action as never, 'p-1', (given) => given)).toEqual(input);
    await verifiedEntries(one.world.location);
  });

  it('is no denial of that one either', async () => {
    const one = await openWorld();
    const { trail } = await one.another();
    const deny = { id: 'never', decide: () => 'deny' as const };
    const denying = one.sealtrail.trail(TENANT, { policies: [deny], now: () => one.world.now });
    one.cut(true);
    await denying.propose(updateContact, update({ id: 'p-1', input: { id: 'c-1', stage: 'lost' } }));
    await trail.propose(updateContact, update({ id: 'p-1', input: { id: 'c-2', stage: 'won' } }));
    one.cut(false);
    await one.sealtrail.replay();
    expect((await trail.state('p-1')).status).toBe('pending');
    expect(await entriesOf(one)).toEqual(['p-1:created proposal.created']);
  });

  it('is recorded when the two are the same in other words', async () => {
    const one = await openWorld();
    const { trail } = await one.another();
    one.cut(true);
    const proposal = await one.trail.propose(readContact, { ...read, id: 'p-1' });
    await one.trail.execute(readContact, proposal, () => 'read');
    await trail.propose(readContact, { ...read, id: 'p-1', rationale: 'In other words.' });
    one.cut(false);
    expect(await one.sealtrail.replay()).toMatchObject({ replayed: 2, refused: [conflict('p-1:created')] });
    expect((await trail.state('p-1')).status).toBe('executed');
    await verifiedEntries(one.world.location);
  });

  it('ends no execution that another process began', async () => {
    const one = await openWorld();
    const { trail } = await one.another();
    one.cut(true);
    const proposal = await one.trail.propose(readContact, { ...read, id: 'p-1' });
    await one.trail.execute(readContact, proposal, () => 'mine');
    await trail.propose(readContact, { ...read, id: 'p-1' });
    one.cut(false);
    const done = await trail.execute(readContact, 'p-1', async () => {
      await one.sealtrail.replay();
      return 'theirs';
    });
    expect(done).toBe('theirs');
    expect((await trail.state('p-1')).execution?.openings['result']?.value).toBe('theirs');
    await verifiedEntries(one.world.location);
  });
});

it('what the CRM wrote is kept as it was told, whatever the caller does with it then', async () => {
  const one = await openWorld();
  one.cut(true);
  const after = { stage: 'won' };
  const told = one.trail.recordChange({
    change: 'w-1',
    actor: { type: 'system', id: 'crm' },
    target: { type: 'contact', id: 'c-1' },
    fields: ['stage'],
    before: {},
    after,
  });
  after.stage = 'lost';
  expect(await told).toMatchObject({ recorded: 'spool' });
  one.cut(false);
  await one.sealtrail.replay();
  const row = await one.store.findById(TENANT, 'w-1:change');
  expect(readOpenings(row?.openings ?? '{}')['after']?.value).toEqual({ stage: 'won' });
  await verifiedEntries(one.world.location);
});
