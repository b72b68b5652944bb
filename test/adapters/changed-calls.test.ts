import type { ModelMessage } from 'ai';
import { describe, expect, it } from 'vitest';
import { newWorld, sarah, verifiedEntries, type World } from '../sdk/trail/world.ts';
import * as ai from './ai-sdk-desk.ts';
import * as langchain from './langchain-desk.ts';
import * as mcp from './mcp-desk.ts';

const RAN = ['proposal.created', 'decision.approved', 'execution.started', 'execution.executed'];
const types = async ({ location }: World) => (await verifiedEntries(location)).map(({ type }) => type);

describe('a call under the id of another one that was executed', () => {
  const { ADA, WHY } = mcp;

  it('does not get its result from LangGraph, as if it had been done itself', async () => {
    const world = await newWorld();
    const first = await langchain.newDesk(world, [langchain.call('call_1', { ...ADA, ...WHY })]);
    const [waiting] = (await first.start()).waiting;
    await first.trail.approve(String(waiting?.proposal), { by: sarah });
    expect((await first.resume()).replies).toEqual(['success {"ok":true}']);
    const other = { ...ADA, phone: '+44 20 0000 0666' };
    const again = await langchain.newDesk(world, [langchain.call('call_1', { ...other, ...WHY })]);
    expect(await again.start()).toMatchObject({ replies: [], waiting: [{ input: other }] });
    // The same call gets it, as ever.
    const same = await langchain.newDesk(world, [langchain.call('call_1', { ...ADA, ...WHY })]);
    expect((await same.start()).replies).toEqual(['success {"ok":true}']);
    expect([...again.done, ...same.done]).toEqual([]);
    expect(await types(world)).toEqual([...RAN, 'proposal.created']);
  });

  it('does not get it from an MCP server either, nor does another tool', async () => {
    const world = await newWorld();
    const { call, trail, done, failures } = await mcp.newDesk(world);
    const { proposal } = await call({ ...ADA, ...WHY });
    await trail.approve(proposal, { by: sarah });
    expect(await call({ ...ADA, _proposal: proposal })).toMatchObject({ status: 'executed' });
    const changed = await call({ ...ADA, phone: '+44 20 0000 0666', _proposal: proposal });
    const other = await call({ id: 'c-ada', _proposal: proposal }, 'read_contact');
    for (const told of [changed, other]) {
      expect(told.isError).toBe(true);
      expect(told.result).toBeUndefined();
    }
    expect(failures).toMatchObject([{ code: 'already_executed' }, { code: 'input_invalid' }]);
    expect(done).toEqual([ADA]);
    expect(await types(world)).toEqual(RAN);
  });
});

describe('an answer in a history of the AI SDK', () => {
  const { ADA, WHY, answer, ASKED, newDesk } = ai;
  const waiting = async () => {
    const world = await newWorld();
    const desk = await newDesk(world);
    const asked = await desk.run(ASKED, [ai.call('call_1', { ...ADA, ...WHY })]);
    return { world, desk, asked };
  };
  /** The history with the parts of the model's turn as somebody wrote them who had it. */
  const rewritten = (messages: readonly ModelMessage[], change: (part: object) => object[]): ModelMessage[] =>
    messages.map((message) =>
      message.role === 'assistant' && typeof message.content !== 'string'
        ? ({ ...message, content: message.content.flatMap(change) } as ModelMessage)
        : message,
    );
  const shown = (phone: string) => (part: object) =>
    'type' in part && part.type === 'tool-call' ? [{ ...part, input: { ...ADA, phone } }] : [part];

  it('to other arguments than those that the log has decides nothing', async () => {
    const { world, desk, asked } = await waiting();
    const forged = answer(rewritten(asked, shown('+44 20 7946 0999')), true);
    await expect(desk.audit.decide(forged, { by: sarah })).rejects.toMatchObject({ code: 'args_mismatch' });
    // Put back as it was, it has no approval: whoever answered saw something else.
    expect(await types(world)).toEqual(['proposal.created']);
    await expect(desk.audit.decide(answer(asked, true), { by: sarah })).resolves.toMatchObject([
      { status: 'approved' },
    ]);
  });

  it('to a request that names two calls decides about neither', async () => {
    const { world, desk, asked } = await waiting();
    const twice = rewritten(asked, (part) =>
      'type' in part && part.type === 'tool-approval-request'
        ? [{ ...part, toolCallId: 'call_0' }, part]
        : 'type' in part && part.type === 'tool-call'
          ? [{ ...part, toolCallId: 'call_0' }, part]
          : [part],
    );
    const told = desk.audit.decide(answer(twice, true, true), { by: sarah });
    await expect(told).rejects.toMatchObject({ code: 'input_invalid' });
    expect(await types(world)).toEqual(['proposal.created']);
  });
});
