import type { Trail } from '@sealtrail/sdk';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LIFETIME, Model, type Operation } from './model.ts';
import {
  agent,
  ben,
  MINUTE,
  newWorld,
  readContact,
  sarah,
  updateContact,
  verifiedEntries,
  type World,
} from './world.ts';

const PEOPLE = [sarah, ben] as const;
const SCOPE = { agent: agent.id, action: updateContact.name };

const person = fc.constantFrom<0 | 1>(0, 1);
const which = fc.nat(7);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('propose' as const), free: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('approve' as const, 'reject' as const, 'edit' as const),
      which,
      person,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('many' as const),
      which: fc.uniqueArray(which, { minLength: 1 }),
      reject: fc.boolean(),
      person,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('supersede' as const), which, by: which }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('execute' as const),
      which,
      fails: fc.boolean(),
      otherInput: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('grant' as const, 'revoke' as const), person }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 8 }) }),
  },
);

/** Free proposals are about another action; everything else treats both alike. */
const actionOf = (free: boolean) => (free ? readContact : updateContact);
const idOf = (number: number) => `p-${number}`;

async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    (value) => (typeof value === 'string' ? `ok ${value}` : 'ok'),
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
}

/** Does one operation, and expects of it what the model says. */
async function step(op: Operation, model: Model, trail: Trail, world: World, unique: string): Promise<void> {
  const known = model.proposals.length;
  if (op.do === 'wait') {
    world.now += op.minutes * MINUTE;
    return;
  }
  if (op.do === 'propose') {
    const said = {
      id: idOf(known),
      agent,
      rationale: 'r',
      confidence: 0.5,
      expires_at: new Date(world.now + LIFETIME).toISOString(),
    };
    const made = op.free
      ? await trail.propose(readContact, { ...said, input: { id: 'c-1' } })
      : await trail.propose(updateContact, { ...said, input: { id: 'c-1', stage: 'won' } });
    expect(made.status).toBe(model.propose(op.free, world.now));
    return;
  }
  if (op.do === 'grant' || op.do === 'revoke') {
    const by = PEOPLE[op.person];
    if (op.do === 'revoke') return expect(await outcome(trail.revoke(SCOPE, { by }))).toBe(model.revoke());
    model.grant();
    return expect(await outcome(trail.grant(SCOPE, { by }))).toBe('ok');
  }
  if (op.do === 'many') {
    const chosen = op.which.filter((number) => number < known);
    if (chosen.length === 0) return;
    const decision = op.reject ? 'rejected' : 'approved';
    const done = await trail.decideMany(chosen.map(idOf), { by: PEOPLE[op.person], decision });
    expect([...done.decided].sort()).toEqual(model.many(chosen, decision, world.now).map(idOf).sort());
    return;
  }
  if (op.which >= known) return;
  const id = idOf(op.which);
  const free = isFree(model, op.which);
  if (op.do === 'execute') {
    const call = trail.execute(
      actionOf(free) as typeof updateContact,
      id,
      ({ stage }) => {
        if (op.fails) throw new Error('it failed');
        return stage ?? 'won';
      },
      op.otherInput ? { input: { id: 'c-2' } } : {},
    );
    return expect(await outcome(call)).toBe(model.execute(op.which, op.fails, op.otherInput, world.now));
  }
  if (op.do === 'supersede') {
    if (op.by >= known || op.by === op.which) return;
    return expect(await outcome(trail.supersede(id, idOf(op.by)))).toBe(model.supersede(op.which, op.by));
  }
  // Each click is another one: the same click sent again is tested elsewhere.
  const options = { by: PEOPLE[op.person], click: unique };
  const call =
    op.do === 'approve'
      ? trail.approve(id, options)
      : op.do === 'reject'
        ? trail.reject(id, options)
        : free
          ? trail.approveEdited(readContact, id, { ...options, input: { id: unique } })
          : trail.approveEdited(updateContact, id, { ...options, input: { id: 'c-1', stage: unique } });
  const to = op.do === 'reject' ? 'rejected' : 'approved';
  expect(await outcome(call)).toBe(
    model.decide(op.which, to, op.do === 'edit' && !free ? unique : undefined, world.now),
  );
}

function isFree(model: Model, number: number): boolean {
  return model.proposals[number]?.free === true;
}

it('any order of operations by several people and processes ends as the model says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(operation, fc.nat(2)), { minLength: 10, maxLength: 60 }),
      async (operations) => {
        const world = await newWorld();
        const plugins = await Promise.all([world.plugin(), world.plugin(), world.plugin()]);
        const model = new Model();
        await step(
          { do: 'propose', free: false },
          model,
          (plugins[0] as (typeof plugins)[0]).trail,
          world,
          'first',
        );
        await step(
          { do: 'propose', free: false },
          model,
          (plugins[0] as (typeof plugins)[0]).trail,
          world,
          'first',
        );
        for (const [at, [op, process]] of operations.entries()) {
          const { trail } = plugins[process] as (typeof plugins)[0];
          await step(op, model, trail, world, `click-${at}`);
        }
        const { trail } = plugins[0] as (typeof plugins)[0];
        for (const [number, { status }] of model.proposals.entries()) {
          const state = await trail.state(idOf(number));
          expect([number, state.status]).toEqual([number, status]);
        }
        await verifiedEntries(world.location);
      },
    ),
    { numRuns: 60 },
  );
});
