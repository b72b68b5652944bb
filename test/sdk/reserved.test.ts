import { OWN_TYPES, recordChanged } from '@sealtrail/sdk';
import { describe, expect, it } from 'vitest';
import { ENTRY_TYPES } from '../../packages/console/src/parts/words.ts';
import { SAMPLES } from '../exports/helpers/samples.ts';
import { user } from './samples.ts';
import { codeOf, newWorld, verifiedEntries } from './trail/world.ts';

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
