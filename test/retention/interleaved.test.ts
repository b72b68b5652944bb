import { join } from 'node:path';
import { isSealtrailError } from '@sealtrail/format';
import { erase, prune, releaseHold, setHold, setRetention } from '@sealtrail/store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BY, PLACES, World } from './world.ts';

type Step =
  | { readonly do: 'append'; readonly entries: number }
  | { readonly do: 'erase'; readonly contact: number; readonly field: 'name' | 'rationale' | null }
  | { readonly do: 'hold'; readonly contact: number | null }
  | { readonly do: 'release' }
  | { readonly do: 'prune'; readonly days: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('append' as const), entries: fc.integer({ min: 1, max: 9 }) }),
  fc.record({
    do: fc.constant('erase' as const),
    contact: fc.nat({ max: 4 }),
    field: fc.constantFrom('name' as const, 'rationale' as const, null),
  }),
  fc.record({ do: fc.constant('hold' as const), contact: fc.option(fc.nat({ max: 4 })) }),
  fc.record({ do: fc.constant('release' as const) }),
  fc.record({ do: fc.constant('prune' as const), days: fc.constantFrom(0, 40) }),
);

/** What must be so, kept apart from the store: which values exist, what is held, where the log begins. */
class Model {
  /** Position of each entry about a contact, with the fields that are left. */
  readonly values = new Map<number, { readonly contact: number; readonly fields: Set<string> }>();
  readonly holds: { readonly id: string; readonly contact: number | null }[] = [];
  erased = 0;
  first = 0;

  isHeld(contact: number): boolean {
    return this.holds.some((hold) => hold.contact === null || hold.contact === contact);
  }
}

describe.each(PLACES)('appends, erasures, holds and prunings in any order on %s', (kind, newPlace) => {
  it('leave a log that is valid, with exactly the values that the model has', {
    timeout: 240_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        const world = await World.open(newPlace);
        await world.append(3);
        await world.withLog((log) => setRetention(log, 'acme', { preset: 'custom', days: 30 }, { by: BY }));
        const model = new Model();
        let appended = 0;
        const note = async () => {
          for (const { seq, type, entry } of await world.store.readFrom('acme', model.first, 1_000)) {
            if (type !== 'proposal.created' || model.values.has(seq)) continue;
            const contact = Number(
              (JSON.parse(entry) as { targets: { id: string }[] }).targets[0]?.id.slice(2),
            );
            model.values.set(seq, { contact, fields: new Set(['name', 'rationale']) });
            appended++;
          }
        };
        await note();
        for (const [i, one] of steps.entries()) await run(world, model, one, i);
        await note();
        expect(appended).toBeGreaterThan(2);
        const report = await world.verify();
        expect([report.status, report.findings]).toEqual(['valid', []]);
        expect(report.openings).toMatchObject({ unfinished: 0 });
        expect(report.pruned).toEqual(model.first === 0 ? null : { to: model.first - 1 });
        const left = [...model.values].filter(([seq]) => seq >= model.first);
        const rows = await world.store.readAt(
          'acme',
          left.map(([seq]) => seq),
        );
        for (const { seq, openings } of rows) {
          expect([seq, Object.keys(JSON.parse(openings)).sort()]).toEqual([
            seq,
            [...(model.values.get(seq)?.fields ?? [])].sort(),
          ]);
        }
        expect(rows).toHaveLength(left.length);

        async function run(w: World, m: Model, one: Step, i: number): Promise<void> {
          await note();
          if (one.do === 'append') await w.append(one.entries);
          else if (one.do === 'hold') {
            const target =
              one.contact === null
                ? null
                : ({ about: 'record', type: 'contact', id: `c-${one.contact}` } as const);
            await w.withLog((log) => setHold(log, 'acme', { hold: `h-${i}`, target }, { by: BY }));
            m.holds.push({ id: `h-${i}`, contact: one.contact });
          } else if (one.do === 'release') {
            const hold = m.holds.pop();
            if (hold !== undefined) await w.withLog((log) => releaseHold(log, 'acme', hold.id, { by: BY }));
          } else if (one.do === 'erase') await eraseStep(w, m, one);
          else await pruneStep(w, m, one);
        }
      }),
      { numRuns: kind === 'sqlite' ? 40 : 8 },
    );
  });
});

async function eraseStep(
  world: World,
  model: Model,
  { contact, field }: Extract<Step, { do: 'erase' }>,
): Promise<void> {
  const hit = [...model.values].filter(
    ([seq, value]) =>
      seq >= model.first &&
      value.contact === contact &&
      [...value.fields].some((one) => field === null || one === field),
  );
  const refused = model.isHeld(contact) && hit.length > 0;
  try {
    await erase(world.store, 'acme', {
      about: 'record',
      target: { type: 'contact', id: `c-${contact}` },
      ...(field === null ? {} : { fields: [field] }),
      basis: 'gdpr_art_17',
      by: BY,
    });
    expect(refused).toBe(false);
    for (const [, { fields }] of hit) {
      for (const one of field === null ? [...fields] : [field]) if (fields.delete(one)) model.erased++;
    }
  } catch (error) {
    if (!isSealtrailError(error, 'held')) throw error;
    expect(refused).toBe(true);
  }
}

async function pruneStep(
  world: World,
  model: Model,
  { days }: Extract<Step, { do: 'prune' }>,
): Promise<void> {
  const now = () => Date.now() + days * 86_400_000;
  const { range } = await prune(world.store, 'acme', {
    by: BY,
    archive: join(world.place.folder, 'archive'),
    now,
  });
  if (days === 0) expect(range).toBeNull();
  if (range === null) return;
  expect(range.from).toBe(model.first);
  // Nothing that is held went.
  for (const [seq, { contact }] of model.values) {
    if (seq >= range.from && seq <= range.to) expect(model.isHeld(contact)).toBe(false);
  }
  model.first = range.to + 1;
}
