import { join } from 'node:path';
import { openSqliteStore } from '@sealtrail/store/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cuttable as cuttableStore } from '../sdk/trail/spool-world.ts';
import { codeOf, sarah } from '../sdk/trail/world.ts';
import {
  type Desk,
  entriesOf,
  failureOf,
  newDesk,
  newWorld,
  PHONE,
  SESSION,
  story,
  TENANT,
  WHY,
  type World,
  waiting,
} from './openai-agents-world.ts';

const CALL = ['call_1', 'update_contact', { id: 'c-1', phone: PHONE, ...WHY }] as const;
const READ = ['call_1', 'read_contact', { id: 'c-1', ...WHY }] as const;

/** A store of the world that can be cut off, as a network does it. */
async function cuttable(world: World): Promise<ReturnType<typeof cuttableStore>> {
  const inner = await openSqliteStore(world.location, { now: () => world.now });
  onTestFinished(() => inner.close());
  await inner.register(TENANT);
  return cuttableStore(inner);
}

describe('while the log is away', () => {
  it('a call fails the run before anything is asked or done, and the run can be repeated', async () => {
    const world = await newWorld();
    const { store, cut } = await cuttable(world);
    const desk = await newDesk(world, [[CALL], [CALL]], { sealtrail: { store } });
    cut(true);
    expect(await failureOf(desk.run())).toBe('store_unavailable');
    expect(await story(world)).toEqual([]);
    cut(false);
    const { state } = await desk.run();
    expect(Object.keys(waiting(state))).toEqual(['call_1']);
    expect(await story(world)).toEqual(['proposal.created']);
  });

  it('an approval fails, and the framework is not told of any', async () => {
    const world = await newWorld();
    const { store, cut } = await cuttable(world);
    const desk = await newDesk(world, [[CALL], 'Done.'], { sealtrail: { store } });
    const { state } = await desk.run();
    const item = waiting(state)['call_1']!;
    cut(true);
    expect(await codeOf(desk.audit.approve(state, item, { by: sarah }))).toBe('store_unavailable');
    cut(false);
    const { state: still } = await desk.run(state);
    expect(Object.keys(waiting(still))).toEqual(['call_1']);
    expect(desk.done).toEqual([]);
    expect(await story(world)).toEqual(['proposal.created']);
  });

  it('an approved call does not run, and runs once the log is back', async () => {
    const world = await newWorld();
    const { store, cut } = await cuttable(world);
    const desk = await newDesk(world, [[CALL], 'Done.'], { sealtrail: { store } });
    const { state } = await desk.run();
    await desk.audit.approve(state, waiting(state)['call_1']!, { by: sarah });
    const text = state.toString();
    cut(true);
    expect(await failureOf(desk.run(state))).toBe('store_unavailable');
    expect(desk.done).toEqual([]);
    cut(false);
    const restored = await desk.audit.restore(desk.agent, text, SESSION);
    expect((await desk.run(restored)).finalOutput).toBe('Done.');
    expect(desk.done).toHaveLength(1);
    expect(await story(world)).toEqual([
      'proposal.created',
      'decision.approved',
      'execution.started',
      'execution.executed',
    ]);
  });

  it.each([
    ['worked', undefined],
    ['failed', new Error('no')],
  ])('a tool that %s says so to the host, not to the model', async (_, failure) => {
    const world = await newWorld();
    const { store, cut } = await cuttable(world);
    const desk: Desk = await newDesk(world, [[READ], 'Done.'], {
      sealtrail: { store },
      act: () => {
        cut(true);
        if (failure !== undefined) throw failure;
      },
    });
    expect(await failureOf(desk.run())).toBe('outcome_unrecorded');
    expect(desk.model.requests).toHaveLength(1);
    cut(false);
    // What became of it is not known to the log: the run cannot be repeated as if nothing had been.
    const again = await newDesk(world, [[READ], 'Done.']);
    expect(await failureOf(again.run())).toBe('already_executed');
    expect(again.done).toEqual([]);
    expect(await story(world)).toEqual(['proposal.created', 'execution.started']);
  });

  it.each([
    ['the whole time', [true, true], 3],
    ['until it is executed', [true, false], 3],
    ['from when it is executed', [false, true], 2],
  ] as const)(
    'what needs no approval goes on under the failure policy "open", %s',
    async (_, away, spooled) => {
      const world = await newWorld();
      const { store, cut } = await cuttable(world);
      const failure = {
        mode: 'open',
        spool: join(world.folder, 'spool'),
        replayEveryMs: 3_600_000,
      } as const;
      const desk = await newDesk(world, [[READ], 'Done.'], { sealtrail: { store, failure } });
      desk.agent.on('agent_tool_start', () => cut(away[1]));
      cut(away[0]);
      expect((await desk.run()).finalOutput).toBe('Done.');
      expect(desk.done).toHaveLength(1);
      cut(false);
      expect(await desk.sealtrail.replay()).toEqual({ replayed: spooled, refused: [], stopped: [] });
      const types = ['proposal.created', 'execution.started', 'execution.executed'];
      expect(await story(world)).toEqual(types);
      const [executed] = await entriesOf(world, 'execution.executed');
      expect(executed?.data).toHaveProperty('spooled_at');
    },
  );

  it('what needs approval does not, under the same policy', async () => {
    const world = await newWorld();
    const { store, cut } = await cuttable(world);
    const failure = { mode: 'open', spool: join(world.folder, 'spool'), replayEveryMs: 3_600_000 } as const;
    const desk = await newDesk(world, [[CALL], 'Done.'], { sealtrail: { store, failure } });
    cut(true);
    const { state } = await desk.run();
    const item = waiting(state)['call_1']!;
    expect(await codeOf(desk.audit.approve(state, item, { by: sarah }))).toBe('store_unavailable');
    state.approve(item);
    expect(await failureOf(desk.run(state))).toBe('store_unavailable');
    expect(desk.done).toEqual([]);
    cut(false);
    await desk.sealtrail.replay();
    expect(await story(world)).toEqual(['proposal.created']);
  });
});
