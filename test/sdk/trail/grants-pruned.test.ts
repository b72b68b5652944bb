import { Log } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { DAY, retain } from './retention.ts';
import { ben, codeOf, newWorld, sarah, TENANT, update, updateContact, verifiedEntries } from './world.ts';

const SCOPE = { agent: 'assistant', action: 'update_contact' };
const far = '2027-01-01T00:00:00.000Z';

describe('a standing grant, once earlier grants of its scope were pruned', () => {
  it('is found, approves, and can be revoked', async () => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    const retention = await retain(world, sealtrail);
    // As many as make the numbers longer.
    for (let turn = 0; turn < 12; turn++) {
      await trail.grant(SCOPE, { by: sarah });
      await trail.revoke(SCOPE, { by: ben });
    }
    await retention.cut();
    world.now += 31 * DAY;
    const grant = await trail.grant(SCOPE, { by: sarah });
    expect(await retention.prune()).toEqual({ from: 0, to: 25 });

    expect(await trail.grant(SCOPE, { by: ben })).toEqual(grant);
    const proposal = await trail.propose(updateContact, update());
    expect(proposal.status).toBe('approved');
    await trail.revoke(SCOPE, { by: ben });
    expect(await codeOf(trail.execute(updateContact, proposal, () => 'ran'))).toBe('not_approved');
    expect((await trail.propose(updateContact, update())).status).toBe('pending');
    const next = await trail.grant(SCOPE, { by: sarah });
    expect(next.grant).not.toBe(grant.grant);
    expect((await trail.propose(updateContact, update())).status).toBe('approved');
    await verifiedEntries(world.location);
  });

  it('is not the one whose revocation alone is left', async () => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    const retention = await retain(world, sealtrail);
    const first = await trail.grant(SCOPE, { by: sarah });
    await retention.cut();
    world.now += 31 * DAY;
    await trail.revoke(SCOPE, { by: ben });
    expect(await retention.prune()).toEqual({ from: 0, to: 2 });

    await trail.revoke(SCOPE, { by: ben });
    const second = await trail.grant(SCOPE, { by: sarah });
    expect(second.grant).not.toBe(first.grant);
    expect((await trail.propose(updateContact, update())).status).toBe('approved');
    await verifiedEntries(world.location);
  });

  it('ends when its own entry is pruned, also for what it allowed and was not executed yet', async () => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    const retention = await retain(world, sealtrail);
    await trail.grant(SCOPE, { by: sarah });
    await retention.cut();
    world.now += 31 * DAY;
    const allowed = await trail.propose(updateContact, update({ expires_at: far }));
    expect(allowed.status).toBe('approved');
    expect(await retention.prune()).toEqual({ from: 0, to: 2 });

    expect((await trail.propose(updateContact, update({ expires_at: far }))).status).toBe('pending');
    // Nobody could revoke it any more.
    expect(await codeOf(trail.revoke(SCOPE, { by: ben }))).toBe('grant_unknown');
    const execution = trail.execute(updateContact, allowed, () => 'ran');
    await expect(execution).rejects.toMatchObject({
      code: 'not_approved',
      detail: { status: 'grant_expired' },
    });
    // Nor does a grant that comes later allow what rests on the one that is gone.
    await trail.grant(SCOPE, { by: sarah });
    expect(await codeOf(trail.execute(updateContact, allowed, () => 'ran'))).toBe('not_approved');
    await verifiedEntries(world.location);
  });
});

it('what only has the id of a grant is none', async () => {
  const { grant } = await (await (await newWorld()).plugin()).trail.grant(SCOPE, { by: sarah });
  const world = await newWorld();
  const { trail, sealtrail } = await world.plugin();
  const log = new Log(sealtrail.store);
  await log.append(TENANT, {
    id: `${grant}:granted`,
    type: 'note.added',
    actor: { type: 'system', id: 'x' },
  });
  await log.close();
  expect((await trail.propose(updateContact, update())).status).toBe('pending');
  expect(await codeOf(trail.revoke(SCOPE, { by: ben }))).toBe('grant_unknown');
  await trail.grant(SCOPE, { by: sarah });
  expect((await trail.propose(updateContact, update())).status).toBe('approved');
  await verifiedEntries(world.location);
});

it('nor does it take a grant’s place', async () => {
  const world = await newWorld();
  const { trail, sealtrail } = await world.plugin();
  const { grant } = await trail.grant(SCOPE, { by: sarah });
  const prefix = grant.slice(0, -1);
  const log = new Log(sealtrail.store);
  const note = { type: 'note.added', actor: { type: 'system', id: 'x' } } as const;
  for (const id of ['1:granted', 'a1:granted', 'z:granted', '~', '0:revoked:x']) {
    await log.append(TENANT, { ...note, id: `${prefix}${id}` });
  }
  await log.close();
  expect((await trail.propose(updateContact, update())).status).toBe('approved');
  await trail.revoke(SCOPE, { by: ben });
  expect((await trail.propose(updateContact, update())).status).toBe('pending');
  expect((await trail.grant(SCOPE, { by: sarah })).grant).toBe(`${prefix}2`);
  expect((await trail.propose(updateContact, update())).status).toBe('approved');
  await verifiedEntries(world.location);
});
