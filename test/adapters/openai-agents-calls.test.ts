import { type SerializedTool, setTraceProcessors, setTracingDisabled } from '@openai/agents';
import { SealtrailError } from '@sealtrail/format';
import { defineAction } from '@sealtrail/sdk';
import { auditTools } from '@sealtrail/sdk/openai-agents';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sarah } from '../sdk/trail/world.ts';
import {
  entriesOf,
  failureOf,
  newDesk,
  newWorld,
  PHONE,
  readContact,
  sendMail,
  story,
  updateContact,
  WHY,
  waiting,
} from './openai-agents-world.ts';

const read = (args: object | string) => ['call_1', 'read_contact', args] as const;
const update = (args: object | string) => ['call_1', 'update_contact', args] as const;

describe('a tool that needs no approval', () => {
  it('runs at once, and is recorded like any other', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[read({ id: 'c-1', ...WHY })], 'Done.']);
    expect((await desk.run()).finalOutput).toBe('Done.');
    expect(desk.done).toEqual([['read_contact', { id: 'c-1' }]]);
    expect(await story(world)).toEqual(['proposal.created', 'execution.started', 'execution.executed']);
    const [executed] = await entriesOf(world, 'execution.executed');
    expect(executed?.data).toMatchObject({ approval: 'not_required', tool_call_id: 'call_1' });
  });

  it('gives its result to the model as it is', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[read({ id: 'c-1' })], 'Done.'], { act: () => ({ name: 'Ada' }) });
    await desk.run();
    expect(desk.model.told['call_1']).toContain('Ada');
    expect(await entriesOf(world, 'execution.executed')).toHaveLength(1);
  });
});

describe('a tool that fails', () => {
  it('is recorded, and the model is told no more than that', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[read({ id: 'c-1' })], 'A pity.'], {
      act: () => {
        throw new Error('password of the CRM: hunter2');
      },
    });
    expect((await desk.run()).finalOutput).toBe('A pity.');
    expect(desk.model.told).toEqual({ call_1: 'read_contact failed.' });
    expect(await story(world)).toEqual(['proposal.created', 'execution.started', 'execution.failed']);
    const [failed] = await entriesOf(world, 'execution.failed');
    const { execution } = await desk.trail.state(failed?.data['proposal'] as string);
    expect(execution?.openings['result']?.value).toEqual({
      name: 'Error',
      message: 'password of the CRM: hunter2',
    });
  });

  it('can tell the model in its own words, also when the run is resumed again', async () => {
    const world = await newWorld();
    const settings = { errorFunction: (_: unknown, error: unknown) => `Sorry: ${(error as Error).message}` };
    const act = () => {
      throw new Error('the CRM is away');
    };
    const desk = await newDesk(world, [[update({ id: 'c-1', phone: PHONE, ...WHY })], 'A pity.', 'Again.'], {
      settings,
      act,
    });
    const { state } = await desk.run();
    const text = state.toString();
    await desk.audit.approve(state, waiting(state)['call_1']!, { by: sarah });
    await desk.run(state);
    expect(desk.model.told).toEqual({ call_1: 'Sorry: the CRM is away' });
    const restored = await desk.audit.restore(desk.agent, text, { tenant: 'acme', thread: 'thread-1' });
    expect((await desk.run(restored)).finalOutput).toBe('Again.');
    expect(desk.model.told).toEqual({ call_1: 'Sorry: the CRM is away' });
    expect(desk.done).toHaveLength(1);
    expect(await entriesOf(world, 'execution.failed')).toHaveLength(1);
  });

  it('with an error of the log, thrown by the tool itself, is still a tool that failed', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[read({ id: 'c-1' })], 'A pity.'], {
      act: () => {
        throw new SealtrailError('input_invalid', 'secret');
      },
    });
    expect((await desk.run()).finalOutput).toBe('A pity.');
    expect(desk.model.told).toEqual({ call_1: 'read_contact failed.' });
    expect(await entriesOf(world, 'execution.failed')).toHaveLength(1);
  });
});

describe('what the model says with a call', () => {
  it.each([
    ['nothing', {}],
    ['null, as a strict provider makes it', { _rationale: null, _confidence: null }],
    ['something else than asked', { _rationale: 7, _confidence: 40 }],
  ])('may be %s: the call goes on, and the entry has null', async (_, reasons) => {
    const world = await newWorld();
    const desk = await newDesk(world, [[read({ id: 'c-1', ...reasons })], 'Done.']);
    await desk.run();
    expect(desk.done).toEqual([['read_contact', { id: 'c-1' }]]);
    const [created] = await entriesOf(world, 'proposal.created');
    expect(created?.data).toMatchObject({ confidence: null });
    expect(created?.data).not.toHaveProperty('confidence_source');
    const { created: recorded } = await desk.trail.state(created?.data['proposal'] as string);
    expect(recorded.openings['rationale']?.value).toBeNull();
  });

  it('is asked for in the schema of the tool', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, ['Nothing to do.'], { settings: { strict: true } });
    await desk.run();
    const [strict, loose] = desk.model.requests[0]!.tools as Extract<SerializedTool, { type: 'function' }>[];
    expect(strict).toMatchObject({ name: 'update_contact', strict: true });
    expect(strict?.parameters).toMatchObject({
      required: ['id', 'phone', '_rationale', '_confidence'],
      additionalProperties: false,
      properties: { _rationale: { type: ['string', 'null'] }, _confidence: { type: ['number', 'null'] } },
    });
    expect(loose).toMatchObject({ name: 'send_mail', strict: false });
    expect(loose?.parameters).toMatchObject({
      required: ['to'],
      properties: { _rationale: { type: 'string' }, _confidence: { type: 'number' } },
    });
    expect(await story(world)).toEqual([]);
  });
});

describe('arguments', () => {
  it('that the action does not take are no proposal: the model is told which, not what', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[update({ id: 'c-1', phone: 4420 })], 'I see.']);
    expect((await desk.run()).finalOutput).toBe('I see.');
    expect(desk.done).toEqual([]);
    expect(desk.model.told['call_1']).toMatch(
      /^The call was not executed\. update_contact: phone is invalid/,
    );
    expect(await story(world)).toEqual([]);
  });

  it.each(['{"id": ', '[1]', '"c-1"'])(
    'that are no object (%s) wait for nobody, and the model may try again',
    async (args) => {
      const world = await newWorld();
      const desk = await newDesk(world, [[update(args)], 'I see.']);
      const { state } = await desk.run();
      // The framework interrupts for them by itself.
      expect(Object.keys(waiting(state))).toEqual(['call_1']);
      expect(await desk.audit.pending(state)).toEqual([]);
      expect((await desk.run(state)).finalOutput).toBe('I see.');
      expect(desk.done).toEqual([]);
      expect(desk.model.told['call_1']).toMatch(/parsing tool arguments|the input is invalid/);
      expect(await story(world)).toEqual([]);
    },
  );

  it('that are no object cannot be approved by anybody', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[update('[1]')], 'I see.']);
    const { state } = await desk.run();
    const item = waiting(state)['call_1']!;
    expect(await failureOf(desk.audit.approve(state, item, { by: sarah }))).toBe('input_invalid');
    expect((await desk.run(state)).finalOutput).toBe('I see.');
    expect(desk.done).toEqual([]);
    expect(await story(world)).toEqual([]);
  });
});

describe('a run', () => {
  it('that is streamed is recorded in the same way', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[update({ id: 'c-1', phone: PHONE, ...WHY })], 'Done.']);
    const { state } = await desk.run(undefined, { stream: true });
    await desk.audit.approve(state, waiting(state)['call_1']!, { by: sarah });
    expect((await desk.run(state, { stream: true })).finalOutput).toBe('Done.');
    expect(desk.done).toHaveLength(1);
    expect(await story(world)).toEqual([
      'proposal.created',
      'decision.approved',
      'execution.started',
      'execution.executed',
    ]);
  });

  it('that is traced gives the id of its trace to the entries', async () => {
    const world = await newWorld();
    const traces: string[] = [];
    const nothing = async (): Promise<void> => {};
    // Off where tests run.
    setTracingDisabled(false);
    setTraceProcessors([
      {
        onTraceStart: async ({ traceId }) => void traces.push(traceId),
        onTraceEnd: nothing,
        onSpanStart: nothing,
        onSpanEnd: nothing,
        shutdown: nothing,
        forceFlush: nothing,
      },
    ]);
    const desk = await newDesk(world, [[read({ id: 'c-1' })], 'Done.'], { tracing: true });
    await desk.run();
    expect(traces).toHaveLength(1);
    for (const type of ['proposal.created', 'execution.executed']) {
      expect((await entriesOf(world, type))[0]?.data).toMatchObject({ trace_id: traces[0] });
    }
  });
});

describe('auditTools', () => {
  const audit = auditTools({ trail: () => ({}) as never, agent: { id: 'a' }, conversation: 'c' });
  const define = (input: z.ZodType, name = 'act') => defineAction({ name, input, targets: () => [] });
  const refused = (input: z.ZodType, strict = false) =>
    expect(() => audit.tool(define(input), () => 1, { strict })).toThrow(
      expect.objectContaining({ code: 'config_invalid' }),
    );

  it('refuses an input that a tool cannot have', () => {
    refused(z.string());
    refused(z.object({ at: z.date() }));
    refused(z.object({ id: z.string().optional() }), true);
  });

  it('refuses two actions behind one tool', () => {
    audit.tool(define(z.object({}), 'crm.act'), () => 1);
    expect(() => audit.tool(define(z.object({}), 'crm_act'), () => 1)).toThrow(
      expect.objectContaining({ code: 'config_invalid' }),
    );
  });

  it('keeps the types of the actions', () => {
    audit.tool(updateContact, ({ id, phone }) => `${id}${phone}`);
    // @ts-expect-error the input has no such member
    audit.tool(sendMail, ({ nobody }) => nobody);
    expect(readContact.name).toBe('read_contact');
  });
});
