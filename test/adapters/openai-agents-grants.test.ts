import { describe, expect, it } from 'vitest';
import { codeOf, sarah } from '../sdk/trail/world.ts';
import {
  entriesOf,
  failureOf,
  newDesk,
  newWorld,
  type State,
  story,
  WHY,
  waiting,
} from './openai-agents-world.ts';

const mail = (id: string, to: string) => [id, 'send_mail', { to, ...WHY }] as const;

describe('"always approve"', () => {
  it('is a grant in the log, and can be taken back', async () => {
    const world = await newWorld();
    const turns = [[mail('call_1', 'c-1')], [mail('call_2', 'c-2')], [mail('call_3', 'c-3')], 'Done.'];
    let revoke: () => Promise<void> = async () => {};
    const desk = await newDesk(world, turns, {
      // Taken back while the second mail is sent: the third has to wait again.
      act: async () => (desk.done.length === 2 ? revoke() : undefined),
    });
    revoke = () => desk.trail.revoke({ agent: 'assistant', action: 'send_mail' }, { by: sarah });
    const { state } = await desk.run();
    await desk.audit.approve(state, waiting(state)['call_1']!, {
      by: sarah,
      alwaysApprove: true,
      reason: 'Mails are fine.',
    });
    const second = await desk.run(state);
    expect(desk.done).toEqual([
      ['send_mail', { to: 'c-1' }],
      ['send_mail', { to: 'c-2' }],
    ]);
    expect(Object.keys(waiting(second.state))).toEqual(['call_3']);
    expect(await story(world)).toEqual([
      'proposal.created',
      'decision.approved',
      'authority.grant_created',
      'execution.started',
      'execution.executed',
      'proposal.created',
      'decision.auto_approved',
      'execution.started',
      'authority.grant_revoked',
      'execution.executed',
      'proposal.created',
    ]);
    const [granted] = await entriesOf(world, 'authority.grant_created');
    expect(granted).toMatchObject({
      actor: { type: 'user', id: 'u-sarah' },
      data: { agent: 'assistant', action: 'send_mail' },
    });
    const [auto] = await entriesOf(world, 'decision.auto_approved');
    expect(auto).toMatchObject({
      actor: { type: 'system' },
      data: { mode: 'grant', grant: granted?.data['grant'] },
    });
  });

  it('said to the framework alone lets nothing through', async () => {
    const world = await newWorld();
    const turns = [[mail('call_1', 'c-1')], [mail('call_2', 'c-2')], 'Done.'];
    const desk = await newDesk(world, turns);
    const { state } = await desk.run();
    const item = waiting(state)['call_1']!;
    await desk.audit.approve(state, item, { by: sarah });
    state.approve(item, { alwaysApprove: true });
    // The framework no longer asks about the second call, and executes it; the log refuses.
    expect(await failureOf(desk.run(state))).toBe('not_approved');
    expect(desk.done).toEqual([['send_mail', { to: 'c-1' }]]);
    expect(await entriesOf(world, 'proposal.created')).toHaveLength(2);
    expect(await entriesOf(world, 'execution.not_executed')).toMatchObject([
      { data: { reason: 'pending', tool_call_id: 'call_2' } },
    ]);
  });
});

describe('"always reject"', () => {
  it('said to the framework alone fails the run, because later calls would leave no entry', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[mail('call_1', 'c-1')], [mail('call_2', 'c-2')], 'Done.']);
    const { state } = await desk.run();
    state.reject(waiting(state)['call_1']!, { alwaysReject: true, message: 'never' });
    expect(await failureOf(desk.run(state))).toBe('config_invalid');
    expect(desk.done).toEqual([]);
    expect(desk.model.requests).toHaveLength(1);
    expect(await story(world)).toEqual(['proposal.created']);
  });

  it('is a policy of the trail: each call is proposed and denied', async () => {
    const world = await newWorld();
    const policies = [{ id: 'no-mails', decide: () => 'deny' as const }];
    const desk = await newDesk(world, [[mail('call_1', 'c-1')], 'I see.'], { trail: { policies } });
    expect((await desk.run()).finalOutput).toBe('I see.');
    expect(desk.done).toEqual([]);
    expect(desk.model.told['call_1']).toBe('send_mail was not executed: the call was rejected.');
    expect(await story(world)).toEqual([
      'proposal.created',
      'decision.auto_denied',
      'execution.not_executed',
    ]);
  });
});

describe('who decides', () => {
  it('is said by the host: what looks like a person is refused', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[mail('call_1', 'c-1')], 'Done.']);
    const { state } = await desk.run();
    const item = waiting(state)['call_1']!;
    const forged = { id: 'u-sarah', auth_method: 'sso', type: 'user' } as never;
    expect(await codeOf(desk.audit.approve(state, item, { by: forged }))).toBe('actor_refused');
    const again: { readonly state: State } = await desk.run(state);
    expect(Object.keys(waiting(again.state))).toEqual(['call_1']);
    expect(desk.done).toEqual([]);
    expect(await story(world)).toEqual(['proposal.created']);
  });
});
