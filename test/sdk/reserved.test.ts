import { OWN_TYPES } from '@sealtrail/events';
import { erasedId, releasedId } from '@sealtrail/format';
import { recordChanged } from '@sealtrail/sdk';
import { describe, expect, it } from 'vitest';
import { ENTRY_TYPES } from '../../packages/console/src/parts/words.ts';
import { user } from '../events/samples.ts';
import { SAMPLES } from '../exports/helpers/samples.ts';
import { codeOf, newWorld, sarah, update, updateContact, verifiedEntries } from './trail/world.ts';

const draft = { type: 'note.added', actor: { type: 'system' as const, id: 'x' } };

describe('what a plugin may append beside a trail', () => {
  it('is nothing that Sealtrail writes, in whose name ever', async () => {
    const world = await newWorld();
    const { sealtrail } = await world.plugin();
    const made = Object.values(SAMPLES).filter(({ type }) => type !== 'record.changed');
    for (const one of made) {
      expect([one.type, await codeOf(sealtrail.append('acme', one))]).toEqual([one.type, 'draft_invalid']);
      expect(await codeOf(sealtrail.appendAll('acme', [draft, one]))).toBe('draft_invalid');
    }
    for (const type of [...OWN_TYPES.filter((type) => type !== 'record.changed'), 'decision.of_tomorrow']) {
      expect([type, await codeOf(sealtrail.append('acme', { ...draft, type }))]).toEqual([
        type,
        'draft_invalid',
      ]);
    }
    await sealtrail.append('acme', draft);
    expect(await verifiedEntries(world.location)).toHaveLength(1);
  });

  it('is what the CRM wrote, and anything under types of its own', async () => {
    const world = await newWorld();
    const { sealtrail } = await world.plugin();
    const target = { type: 'deal', id: 'd-1' };
    const changed = { change: 'w-1', actor: user, target, fields: ['percent'], before: 1, after: 2 };
    await sealtrail.append('acme', recordChanged(changed));
    await sealtrail.append('acme', { ...draft, type: 'decisions.exported' });
    expect(await verifiedEntries(world.location)).toHaveLength(2);
  });

  it('is nothing at all in the operator’s own logs', async () => {
    const world = await newWorld();
    const { sealtrail } = await world.plugin();
    expect(await codeOf(sealtrail.append('~seals', draft))).toBe('draft_invalid');
    expect(await codeOf(sealtrail.appendAll('~seals', [draft]))).toBe('draft_invalid');
    expect(() => sealtrail.trail('~seals')).toThrow(expect.objectContaining({ code: 'draft_invalid' }));
    await sealtrail.append('acme', draft);
    expect(await verifiedEntries(world.location)).toHaveLength(1);
  });
});

describe('the ids of the host’s own entries', () => {
  it('are none that an entry of Sealtrail’s own has, whichever it is', async () => {
    const world = await newWorld();
    const { sealtrail } = await world.plugin();
    const own = [
      ...Object.values(SAMPLES).map(({ id }) => id as string),
      // What operators write, so that a plugin can stand in the way of no hold, erasure or pruning.
      'hold:case-7',
      releasedId('case-7'),
      erasedId('request-7', 0),
      'pruned:4711',
    ];
    for (const id of own) {
      expect([id, await codeOf(sealtrail.append('acme', { ...draft, id }))]).toEqual([id, 'draft_invalid']);
      expect(await codeOf(sealtrail.appendAll('acme', [draft, { ...draft, id }]))).toBe('draft_invalid');
    }
    expect(new Set(own).size).toBeGreaterThan(15);
    await expect(sealtrail.append('acme', { ...draft, id: 'p-1:decision' })).rejects.toMatchObject({
      detail: { id: 'p-1:decision' },
    });
    const free = ['decision', 'p-1', 'p-1:decisions', 'p-1:decision:x', 'stale:', 'p-1:stale', 'threshold:7'];
    for (const id of free) await sealtrail.append('acme', { ...draft, id });
    expect(await verifiedEntries(world.location)).toHaveLength(free.length);
  });

  it('stand in the way of no decision, no execution and no grant', async () => {
    const world = await newWorld();
    const { sealtrail, trail } = await world.plugin();
    const scope = { agent: 'assistant', action: 'update_contact' };
    const { grant } = await (await (await newWorld()).plugin()).trail.grant(scope, { by: sarah });
    const change = { change: 'w-1', actor: user, target: { type: 'deal', id: 'd-1' } };
    const changed = recordChanged({ ...change, fields: [], before: 1, after: 2 });
    const proposal = await trail.propose(updateContact, update({ id: 'p-1' }));
    for (const id of ['p-1:decision', 'p-1:started', 'p-1:execution', 'w-1:change', `${grant}:revoked`]) {
      expect([id, await codeOf(sealtrail.append('acme', { ...draft, id }))]).toEqual([id, 'draft_invalid']);
      if (id !== changed.id) {
        expect(await codeOf(sealtrail.append('acme', { ...changed, id }))).toBe('draft_invalid');
      }
    }
    const other = recordChanged({ ...change, change: 'w-2', fields: [], before: 1, after: 2 });
    expect(await codeOf(sealtrail.append('acme', { ...other, id: 'w-1:change' }))).toBe('draft_invalid');
    await trail.approve(proposal, { by: sarah });
    expect(await trail.execute(updateContact, proposal, () => 'ran')).toBe('ran');
    await sealtrail.append('acme', changed);
    await trail.grant(scope, { by: sarah });
    await trail.revoke(scope, { by: sarah });
    expect((await trail.propose(updateContact, update())).status).toBe('pending');
    await verifiedEntries(world.location);
  });

  it('are free of those of grants also where the host names a proposal, a click on many or a change', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const scope = { agent: 'assistant', action: 'update_contact' };
    const { grant } = await trail.grant(scope, { by: sarah });
    for (const id of [grant, `${grant}:z`]) {
      expect(await codeOf(trail.propose(updateContact, update({ id })))).toBe('draft_invalid');
    }
    const decided = trail.decideMany([await trail.propose(updateContact, update())], {
      by: sarah,
      decision: 'approved',
      batch: grant,
    });
    expect(await codeOf(decided)).toBe('draft_invalid');
    // A CRM may well have grants of its own.
    await trail.propose(updateContact, update({ id: 'grant:4711:raise' }));
  });
});

describe('the list of Sealtrail’s own types', () => {
  it('holds the type of everything that the SDK can write', () => {
    const made = new Set(Object.values(SAMPLES).map(({ type }) => type));
    expect([...made].filter((type) => !(OWN_TYPES as readonly string[]).includes(type))).toEqual([]);
    expect(made.size).toBe(19);
  });

  it('is the one that the console has words for', () => {
    expect([...ENTRY_TYPES].sort()).toEqual([...OWN_TYPES].sort());
  });
});
