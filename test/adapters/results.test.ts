import { describe, expect, it } from 'vitest';
import { newWorld, verifiedEntries } from '../sdk/trail/world.ts';
import * as aiSdk from './ai-sdk-desk.ts';
import * as langchain from './langchain-desk.ts';
import * as mcp from './mcp-desk.ts';

const circle: Record<string, unknown> = {};
circle['self'] = circle;
const TOLD = 'read_contact was executed. Its result is not available.';

/** A call that was made and looks as if it had failed is made again: what a database gives need not be JSON. */
describe.each([
  ['with a big integer', { id: 12n }],
  ['that leads back to itself', circle],
])('a result %s', (_, result) => {
  const run = async (call: (world: Awaited<ReturnType<typeof newWorld>>) => Promise<unknown>) => {
    const world = await newWorld();
    const told = await call(world);
    const entries = await verifiedEntries(world.location);
    expect(entries.map(({ type, data }) => [type, data['result_omitted']]).slice(1)).toEqual([
      ['execution.started', undefined],
      ['execution.executed', 'not_json'],
    ]);
    return told;
  };

  it('is no failure for a client of MCP, nor when it goes on with the call', async () => {
    const told = await run(async (world) => {
      const { call, failures } = await mcp.newDesk(world, { act: () => result });
      const first = await call({ id: 'c-1' }, 'read_contact');
      const again = await call({ id: 'c-1', _proposal: first.proposal }, 'read_contact');
      return [first, again, failures];
    });
    const executed = { status: 'executed', text: TOLD, isError: undefined };
    expect(told).toMatchObject([executed, executed, []]);
  });

  it('is no failure for a graph, which goes on', async () => {
    const told = await run(async (world) => {
      const call = langchain.call('call-1', { id: 'c-1' }, 'read_contact');
      const desk = await langchain.newDesk(world, [call], { act: () => result });
      return (await desk.start()).replies;
    });
    expect(told).toEqual([`success ${TOLD}`]);
  });

  it('is no failure for the AI SDK, which goes on', async () => {
    const told = await run(async (world) => {
      const desk = await aiSdk.newDesk(world, {}, () => result);
      const call = aiSdk.call('call-1', { id: 'c-1' }, 'read_contact');
      return [aiSdk.outputs(await desk.run(aiSdk.ASKED, [call])), desk.failures];
    });
    expect(told).toEqual([[{ type: 'text', value: TOLD }], []]);
  });
});

it('a graph that begins again after a crash goes on also where the result was too large to be kept', async () => {
  const world = await newWorld();
  const calls = [langchain.call('call-1', { id: 'c-1' }, 'read_contact')];
  const act = () => 'x'.repeat(2_000_000);
  const first = await langchain.newDesk(world, calls, { act });
  await first.start();
  // Nothing of the run was saved: the same thread begins anew.
  const second = await langchain.newDesk(world, calls, { act });
  expect((await second.start()).replies).toEqual([`success ${TOLD}`]);
  expect([first.done.length, second.done.length]).toEqual([1, 0]);
  await verifiedEntries(world.location);
});
