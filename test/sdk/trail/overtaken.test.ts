import { join } from 'node:path';
import { defineAction, openSealtrail, type Store, type Trail } from '@sealtrail/sdk';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { cuttable } from './spool-world.ts';
import {
  agent,
  codeOf,
  MINUTE,
  newWorld,
  sarah,
  TENANT,
  update,
  updateContact,
  verifiedEntries,
  type World,
} from './world.ts';

/** What needs no approval, and may be decided about all the same. */
const note = defineAction({
  name: 'add_note',
  input: z.strictObject({ id: z.string(), text: z.string() }),
  targets: ({ id }) => [{ type: 'contact', id }],
  approval: 'not_required',
  expires_after_ms: MINUTE,
});
const given = { id: 'p-1', agent, input: { id: 'c-1', text: 'called' }, rationale: null, confidence: null };

/** A plugin in which something happens between the look at a proposal and the beginning of its execution. */
async function interrupted(
  world: World,
  store: Store,
  between: () => Promise<unknown>,
  when: () => boolean = () => true,
) {
  let waits = true;
  const paused = new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'commit') return value.bind(target);
      return async (...args: unknown[]) => {
        if (waits && when()) {
          waits = false;
          await between();
        }
        return value.apply(target, args);
      };
    },
  });
  const sealtrail = await openSealtrail({ store: paused });
  onTestFinished(() => sealtrail.close());
  return sealtrail.trail(TENANT, { now: () => world.now });
}

const types = async ({ location }: World) => (await verifiedEntries(location)).map(({ type }) => type);

describe('an action without need of approval that somebody decides about while its execution begins', () => {
  it('does not run when the log has the rejection first', async () => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    await trail.propose(note, given);
    const slow = await interrupted(world, sealtrail.store, () => trail.reject('p-1', { by: sarah }));
    const ran: unknown[] = [];
    const execution = slow.execute(note, 'p-1', (input) => ran.push(input));
    await expect(execution).rejects.toMatchObject({ code: 'not_approved', detail: { status: 'rejected' } });
    expect(ran).toEqual([]);
    expect(await types(world)).toEqual([
      'proposal.created',
      'decision.rejected',
      'execution.started',
      'execution.not_executed',
      'execution.failed',
    ]);
  });

  it('does not run as it was proposed when the log has other approved arguments first', async () => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    await trail.propose(note, given);
    const slow = await interrupted(world, sealtrail.store, () =>
      trail.approveEdited(note, 'p-1', { by: sarah, input: { id: 'c-1', text: 'met' } }),
    );
    const ran: unknown[] = [];
    expect(await codeOf(slow.execute(note, 'p-1', (input) => ran.push(input)))).toBe('args_mismatch');
    expect(ran).toEqual([]);
    expect((await types(world)).slice(2)).toEqual([
      'execution.started',
      'execution.args_mismatch',
      'execution.failed',
    ]);
  });

  it('runs when it was approved as it is', async () => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    await trail.propose(note, given);
    const slow = await interrupted(world, sealtrail.store, () => trail.approve('p-1', { by: sarah }));
    expect(await slow.execute(note, 'p-1', () => 'ran')).toBe('ran');
    expect((await trail.state('p-1')).status).toBe('executed');
  });

  it('runs when the log goes away in between, and the failure policy is to go on', async () => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    await trail.propose(note, given);
    const { store, cut } = cuttable(sealtrail.store);
    const goesAway = new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (name !== 'commit') return value;
        return async (...args: Parameters<Store['commit']>) => {
          const outcome = await target.commit(...args);
          cut(true);
          return outcome;
        };
      },
    });
    const failure = { mode: 'open', spool: join(world.folder, 'spool'), replayEveryMs: 3_600_000 } as const;
    const open = await openSealtrail({ store: goesAway, failure });
    onTestFinished(() => open.close());
    expect(await open.trail(TENANT, { now: () => world.now }).execute(note, 'p-1', () => 'ran')).toBe('ran');
    cut(false);
    await open.replay();
    expect((await trail.state('p-1')).status).toBe('executed');
  });

  it('waits for nobody: a decision after its time counts, and its caller is told so', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    await trail.propose(note, given);
    world.now += 2 * MINUTE;
    expect(await trail.reject('p-1', { by: sarah })).toMatchObject({ decision: 'rejected' });
    expect((await trail.state('p-1')).status).toBe('rejected');
  });
});

describe('a decision about what needed no approval and ran', () => {
  const decisions = {
    approval: (trail: Trail) => trail.approve('p-1', { by: sarah, click: 'c-1' }),
    rejection: (trail: Trail) => trail.reject('p-1', { by: sarah, click: 'c-1' }),
    edit: (trail: Trail) =>
      trail.approveEdited(note, 'p-1', { by: sarah, click: 'c-1', input: { id: 'c-1', text: 'met' } }),
  };
  const wanted = { approval: 'approved', rejection: 'rejected', edit: 'edited_approved' };

  it.each(Object.keys(decisions) as (keyof typeof decisions)[])('is stale: %s', async (kind) => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    await trail.propose(note, given);
    await trail.execute(note, 'p-1', () => 'ran');
    for (const _ of ['the click', 'the same click sent again'])
      await expect(decisions[kind](trail)).rejects.toMatchObject({
        code: 'decision_stale',
        detail: { proposal: 'p-1', decided: 'execution.started', by: agent.id },
      });
    const { status, decision, started } = await trail.state('p-1');
    expect([status, decision]).toEqual(['executed', undefined]);
    const [stale, ...more] = (await verifiedEntries(world.location)).slice(3);
    expect(more).toEqual([]);
    expect([stale?.type, stale?.actor.id]).toEqual(['decision.stale', sarah.id]);
    expect(stale?.data).toMatchObject({ decision: wanted[kind], decided_by: started?.hash });
  });

  it('is stale in a bulk decision, whose other decisions count', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    await trail.propose(note, given);
    await trail.propose(note, { ...given, id: 'p-2' });
    await trail.execute(note, 'p-1', () => 'ran');
    const bulk = { by: sarah, decision: 'rejected', batch: 'b-1' } as const;
    for (const _ of ['the click', 'the same click sent again'])
      expect(await trail.decideMany(['p-1', 'p-2'], bulk)).toMatchObject({
        decided: ['p-2'],
        stale: [{ proposal: 'p-1', status: 'executed' }],
      });
    expect((await types(world)).slice(4)).toEqual(['batch.decided', 'decision.stale', 'decision.rejected']);
  });

  it('does not put another proposal in its place', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    await trail.propose(note, given);
    await trail.propose(note, { ...given, id: 'p-2' });
    await trail.execute(note, 'p-1', () => 'ran');
    expect(await codeOf(trail.supersede('p-1', 'p-2'))).toBe('decision_stale');
    expect((await types(world)).slice(2)).toEqual(['execution.started', 'execution.executed']);
  });

  it('is told to whoever decides while it begins', async () => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    for (const [id, decide] of [
      ['p-1', (slow: Trail) => slow.reject('p-1', { by: sarah })],
      ['p-2', (slow: Trail) => slow.supersede('p-2', 'p-1')],
    ] as const) {
      await trail.propose(note, { ...given, id });
      const slow = await interrupted(world, sealtrail.store, () => trail.execute(note, id, () => 'ran'));
      expect([id, await codeOf(decide(slow))]).toEqual([id, 'decision_stale']);
      expect((await trail.state(id)).status).toBe('executed');
    }
    await trail.propose(note, { ...given, id: 'p-3' });
    let commits = 0;
    const slow = await interrupted(
      world,
      sealtrail.store,
      () => trail.execute(note, 'p-3', () => 'ran'),
      () => ++commits === 2,
    );
    const bulk = await slow.decideMany(['p-3'], { by: sarah, decision: 'rejected' });
    expect(bulk).toMatchObject({ decided: [], stale: [{ proposal: 'p-3', status: 'executed' }] });
    expect((await types(world)).slice(-3)).toEqual([
      'execution.started',
      'execution.executed',
      'decision.rejected',
    ]);
  });
});

describe('an execution that began just before the log went away', () => {
  it.each(['a grant', 'a person'])(
    'of what %s allowed does not run, and is not told as one that ran',
    async (by) => {
      const world = await newWorld();
      const { trail, sealtrail } = await world.plugin();
      const scope = { agent: agent.id, action: updateContact.name };
      if (by === 'a grant') await trail.grant(scope, { by: sarah });
      const proposal = await trail.propose(updateContact, update({ id: 'p-1' }));
      if (by === 'a person') await trail.approve(proposal, { by: sarah });
      const { store, cut } = cuttable(sealtrail.store);
      // Away as soon as something is committed.
      const leaving = new Proxy(store, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name, target);
          if (name !== 'commit') return value;
          return async (...args: unknown[]) => {
            const done = await (value as (...given: unknown[]) => unknown)(...args);
            cut(true);
            return done;
          };
        },
      });
      const failure = {
        mode: 'open',
        spool: join(world.folder, 'spool'),
        replayEveryMs: 3_600_000,
      } as const;
      const open = await openSealtrail({ store: leaving, failure });
      onTestFinished(() => open.close());
      const ran: unknown[] = [];
      const execute = () =>
        open
          .trail(TENANT, { now: () => world.now })
          .execute(updateContact, 'p-1', (input) => ran.push(input));
      expect(await codeOf(execute())).toBe('store_unavailable');
      expect(await codeOf(execute())).toBe('already_executed');
      cut(false);
      expect(await open.replay()).toMatchObject({ replayed: 1, refused: [] });
      cut(false);
      expect(ran).toEqual([]);
      expect((await trail.state('p-1')).status).toBe('failed');
      expect((await types(world)).slice(-2)).toEqual(['execution.started', 'execution.failed']);
    },
  );
});
