import { RunState } from '@openai/agents';
import { MAX_SEALED_VALUE_BYTES } from '@sealtrail/format';
import { describe, expect, it } from 'vitest';
import { codeOf, sarah } from '../sdk/trail/world.ts';
import {
  type Desk,
  entriesOf,
  failureOf,
  newDesk,
  newWorld,
  PHONE,
  SESSION,
  type State,
  story,
  updateContact,
  WHY,
  waiting,
} from './openai-agents-world.ts';

const CALL = ['call_1', 'update_contact', { id: 'c-1', phone: PHONE, ...WHY }] as const;
const OTHER = '+1 900 555 0100';

/** A run that waits, as the text that a host gives to a browser. */
async function travelled(desk: Desk): Promise<string> {
  return (await desk.run()).state.toString();
}

/** The same text with an approval by nobody, made with the framework's own means. */
async function forge(desk: Desk, text: string): Promise<string> {
  const copy = await naively(desk, text);
  for (const item of copy.getInterruptions()) copy.approve(item);
  return copy.toString();
}

const naively = async (desk: Desk, text: string): Promise<State> =>
  (await RunState.fromString(desk.agent, text)) as State;

describe('a run whose state was away', () => {
  it('with a forged approval does not execute, and the attempt is recorded', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, ['Done.']);
    const forged = await forge(desk, await travelled(await newDesk(world, [[CALL]])));
    expect(await failureOf(desk.run(await naively(desk, forged)))).toBe('not_approved');
    expect(desk.done).toEqual([]);
    expect(await story(world)).toEqual(['proposal.created', 'execution.not_executed']);
    expect(await entriesOf(world, 'execution.not_executed')).toMatchObject([
      { actor: { type: 'agent', id: 'assistant' }, data: { reason: 'pending', tool_call_id: 'call_1' } },
    ]);
  });

  it('is restored without the approvals in it, and still waits', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, ['Done.']);
    const forged = await forge(desk, await travelled(await newDesk(world, [[CALL]])));
    const state = await desk.audit.restore(desk.agent, forged, SESSION);
    const { state: still } = await desk.run(state);
    expect(Object.keys(waiting(still))).toEqual(['call_1']);
    await desk.audit.approve(still, waiting(still)['call_1']!, { by: sarah });
    expect((await desk.run(still)).finalOutput).toBe('Done.');
    expect(desk.done).toEqual([['update_contact', { id: 'c-1', phone: PHONE }]]);
    // One proposal, although three processes saw the call.
    expect(await story(world)).toEqual([
      'proposal.created',
      'decision.approved',
      'execution.started',
      'execution.executed',
    ]);
  });

  it('goes on after a restart with what was approved in the log', async () => {
    const world = await newWorld();
    const before = await newDesk(world, [[CALL]]);
    const { state } = await before.run();
    await before.audit.approve(state, waiting(state)['call_1']!, { by: sarah });
    const desk = await newDesk(world, ['Done.']);
    const restored = await desk.audit.restore(desk.agent, state.toString(), SESSION);
    expect((await desk.run(restored)).finalOutput).toBe('Done.');
    expect(desk.done).toEqual([['update_contact', { id: 'c-1', phone: PHONE }]]);
    expect(await entriesOf(world, 'proposal.created')).toHaveLength(1);
    expect(await entriesOf(world, 'execution.executed')).toHaveLength(1);
  });

  it.each(['restored', 'read as the framework does'])(
    'with arguments changed after approval does not execute, %s',
    async (how) => {
      const world = await newWorld();
      const before = await newDesk(world, [[CALL]]);
      const changed = (await travelled(before)).replaceAll(PHONE, OTHER);
      const [created] = await entriesOf(world, 'proposal.created');
      await before.trail.approve(created?.data['proposal'] as string, { by: sarah });
      const desk = await newDesk(world, ['Done.']);
      const state =
        how === 'restored'
          ? await desk.audit.restore(desk.agent, changed, SESSION)
          : await naively(desk, await forge(desk, changed));
      const failure = await failureOf(desk.run(state));
      expect(desk.done).toEqual([]);
      expect(failure).toBe('args_mismatch');
      expect(await story(world)).toEqual([
        'proposal.created',
        'decision.approved',
        'execution.args_mismatch',
      ]);
      const [mismatch] = await entriesOf(world, 'execution.args_mismatch');
      expect(mismatch?.data).toMatchObject({ tool_call_id: 'call_1' });
    },
  );

  it('with arguments changed before approval cannot be decided about, and shows what was proposed', async () => {
    const world = await newWorld();
    const text = await travelled(await newDesk(world, [[CALL]]));
    const desk = await newDesk(world, ['Done.']);
    const state = await desk.audit.restore(desk.agent, text.replaceAll(PHONE, OTHER), SESSION);
    const [call] = await desk.audit.pending(state);
    expect(call?.input).toEqual({ id: 'c-1', phone: PHONE });
    expect(await codeOf(desk.audit.approve(state, call!.item, { by: sarah }))).toBe('args_mismatch');
    const input = { id: 'c-1', phone: OTHER };
    const edit = desk.audit.approveEdited(updateContact, state, call!.item, { by: sarah, input });
    expect(await codeOf(edit)).toBe('args_mismatch');
    const many = desk.audit.decideMany(state, [call!.item], { by: sarah, decision: 'approved' });
    expect(await codeOf(many)).toBe('args_mismatch');
    expect(await story(world)).toEqual(['proposal.created']);
  });

  it('that is resumed twice executes once, and gives the recorded result again', async () => {
    const world = await newWorld();
    const before = await newDesk(world, [[CALL], 'Done.'], { act: () => ({ saved: true }) });
    const { state } = await before.run();
    const text = state.toString();
    await before.audit.approve(state, waiting(state)['call_1']!, { by: sarah });
    await before.run(state);
    const desk = await newDesk(world, ['Done again.']);
    const restored = await desk.audit.restore(desk.agent, text, SESSION);
    expect(await desk.audit.pending(restored)).toEqual([]);
    expect((await desk.run(restored)).finalOutput).toBe('Done again.');
    expect([before.done.length, desk.done.length]).toEqual([1, 0]);
    expect(desk.model.told).toEqual(before.model.told);
    expect(desk.model.told['call_1']).toContain('saved');
    expect(await story(world)).toEqual([
      'proposal.created',
      'decision.approved',
      'execution.started',
      'execution.executed',
    ]);
  });

  it('that is resumed twice says so where the result was too large to keep', async () => {
    const world = await newWorld();
    const act = () => 'x'.repeat(MAX_SEALED_VALUE_BYTES);
    const before = await newDesk(world, [[CALL], 'Done.'], { act });
    const { state } = await before.run();
    const text = state.toString();
    await before.audit.approve(state, waiting(state)['call_1']!, { by: sarah });
    await before.run(state);
    const desk = await newDesk(world, ['Done again.']);
    await desk.run(await desk.audit.restore(desk.agent, text, SESSION));
    expect(desk.done).toEqual([]);
    expect(desk.model.told).toEqual({
      call_1: 'update_contact was executed. Its result is not available.',
    });
    expect(await entriesOf(world, 'execution.executed')).toMatchObject([
      { data: { result_omitted: 'too_large' } },
    ]);
  });

  it('carries a context that the host does not believe', async () => {
    const world = await newWorld();
    const text = await travelled(await newDesk(world, [[CALL]]));
    const desk = await newDesk(world, ['Done.']);
    const moved = text.replaceAll('"acme"', '"victim"').replaceAll('"thread-1"', '"thread-9"');
    expect(moved).not.toBe(text);
    const state = await desk.audit.restore(desk.agent, moved, SESSION);
    const [call] = await desk.audit.pending(state);
    expect(call?.input).toEqual({ id: 'c-1', phone: PHONE });
    await desk.audit.approve(state, call!.item, { by: sarah });
    await desk.run(state);
    expect(desk.done).toHaveLength(1);
    expect((await entriesOf(world, 'execution.executed'))[0]?.data).toMatchObject({
      conversation_id: 'thread-1',
    });
  });
});

describe('ids of calls', () => {
  it('that repeat in another conversation are other proposals', async () => {
    const world = await newWorld();
    const first = await newDesk(world, [[CALL], 'Done.']);
    const { state } = await first.run();
    await first.audit.approve(state, waiting(state)['call_1']!, { by: sarah });
    const second = await newDesk(world, [[CALL], 'Done.'], { session: { ...SESSION, thread: 'thread-2' } });
    const { state: other } = await second.run();
    expect(Object.keys(waiting(other))).toEqual(['call_1']);
    expect(second.done).toEqual([]);
    const created = await entriesOf(world, 'proposal.created');
    expect(created.map(({ data }) => data['conversation_id'])).toEqual(['thread-1', 'thread-2']);
    expect(new Set(created.map(({ id }) => id)).size).toBe(2);
  });

  it('that a model repeats in one conversation for something else are other proposals', async () => {
    const world = await newWorld();
    const first = await newDesk(world, [[CALL], 'Done.']);
    const { state } = await first.run();
    await first.audit.approve(state, waiting(state)['call_1']!, { by: sarah });
    await first.run(state);
    const again = ['call_1', 'update_contact', { id: 'c-2', phone: OTHER, ...WHY }] as const;
    const second = await newDesk(world, [[again], 'Done.']);
    const { state: other } = await second.run();
    expect(await second.audit.pending(other)).toMatchObject([{ input: { id: 'c-2', phone: OTHER } }]);
    expect(second.done).toEqual([]);
    expect(await entriesOf(world, 'proposal.created')).toHaveLength(2);
    expect(await entriesOf(world, 'execution.executed')).toHaveLength(1);
  });
});
