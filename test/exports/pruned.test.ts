import { join } from 'node:path';
import type { JsonLine } from '@sealtrail/events';
import { prune, setRetention } from '@sealtrail/store';
import { openSource } from '@sealtrail/verifier';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BY, PLACES, World } from '../retention/world.ts';
import { codeOf } from '../support/errors.ts';
import { raw } from '../support/raw.ts';
import { exportFrom, jsonLines, type Options } from './helpers/stored.ts';

const LATER_MS = 40 * 86_400_000;

describe.each(PLACES)('a log on %s whose beginning was pruned', (_, newPlace) => {
  const pruned = async () => {
    const world = await World.open(newPlace);
    await world.append(10);
    await world.withLog((log) => setRetention(log, 'acme', { preset: 'custom', days: 30 }, { by: BY }));
    const archive = join(world.place.folder, 'archive');
    await prune(world.store, 'acme', { by: BY, archive, now: () => Date.now() + LATER_MS });
    const source = await openSource(world.place.location);
    onTestFinished(() => source.close());
    const exported = (range: Partial<Options>) => exportFrom(source, { format: 'jsonl', ...range });
    return { world, exported };
  };

  it.each(['jsonl', 'csv', 'ocsf', 'cloudevents'] as const)(
    'is exported as %s from where it begins',
    async (format) => {
      const { world, exported } = await pruned();
      const { result } = await exported({ format });
      // 0 to 10 are gone; the rule and the account are left.
      expect([result.first?.seq, result.last?.seq, result.entries]).toEqual([11, 12, 2]);
      expect((await world.verify()).status).toBe('valid');
    },
  );

  it('refuses what is not there any more, and takes every range that is', async () => {
    const { world, exported } = await pruned();
    for (const range of [{ from: 0 }, { from: 10 }, { to: 10 }, { from: 3, to: 4 }]) {
      expect(await codeOf(exported(range)), JSON.stringify(range)).toBe('pruned');
    }
    const { text } = await exported({ from: 12 });
    expect(jsonLines<JsonLine>(text).map(({ seq }) => seq)).toEqual([12]);
    expect((await world.verify()).status).toBe('valid');
  });

  it('is broken where a beginning is gone that no segment ends at', async () => {
    const { world, exported } = await pruned();
    await (await raw(world.place)).remove('entries', { tenant: 'acme', seq: 11 });
    expect(await codeOf(exported({}))).toBe('segment_broken');
    expect((await world.verify()).status).toBe('broken');
  });
});
