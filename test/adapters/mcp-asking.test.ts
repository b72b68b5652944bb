import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { auditServer } from '@sealtrail/sdk/mcp';
import { expect, it, onTestFinished } from 'vitest';
import { newWorld, sarah, verifiedEntries } from '../sdk/trail/world.ts';
import { ADA, newDesk, setPhone, WHY } from './mcp-desk.ts';

const APPROVED = { action: 'accept' as const, content: { approve: true } };

it('a call that its client gave up while a person was asked is not approved by what the person answers then', async () => {
  const world = await newWorld();
  const givesUp = new AbortController();
  let answer = (_: typeof APPROVED) => {};
  let asked = () => {};
  const asking = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const answers = () => {
    asked();
    return new Promise<typeof APPROVED>((resolve) => {
      answer = resolve;
    });
  };
  const { client, trail, done } = await newDesk(world, { signedIn: sarah, answers });
  const call = client.callTool({ name: 'set_phone', arguments: { ...ADA, ...WHY } }, undefined, {
    signal: givesUp.signal,
  });
  call.catch(() => {});
  await asking;
  givesUp.abort('the client has no more time');
  await expect(call).rejects.toThrow('the client has no more time');
  answer(APPROVED);
  // The server has read all that came before when it has answered this.
  await client.ping();
  const entries = await verifiedEntries(world.location);
  expect(entries.map(({ type }) => type)).toEqual(['proposal.created', 'proposal.presented']);
  const proposal = String(entries[0]?.data['proposal']);
  expect([(await trail.state(proposal)).status, done]).toEqual(['pending', []]);
});

it('a person is asked also where the client listens to nothing but the answer to its call', async () => {
  const world = await newWorld();
  const { trail, sealtrail } = await world.plugin();
  await sealtrail.store.register('acme');
  const server = new McpServer({ name: 'crm', version: '1.0.0' });
  const audit = auditServer(server, { trail, agent: { id: 'assistant' }, signedIn: () => sarah });
  audit.registerTool(setPhone, () => ({ ok: true }));
  const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => 's-1' });
  await server.connect(transport);
  const client = new Client({ name: 'test', version: '1.0.0' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => APPROVED);
  // A server need not offer a stream of its own (GET), and a client need not read one.
  const fetch = async (url: string | URL, init?: RequestInit): Promise<Response> =>
    init?.method === 'GET'
      ? new Response(null, { status: 405 })
      : transport.handleRequest(new Request(url, init));
  await client.connect(
    new StreamableHTTPClientTransport(new URL('http://crm.example/mcp'), { fetch }) as never,
  );
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  const call = client.callTool({ name: 'set_phone', arguments: { ...ADA, ...WHY } });
  expect((await call).structuredContent).toMatchObject({ status: 'executed', result: { ok: true } });
  const entries = await verifiedEntries(world.location);
  expect(entries.map(({ type }) => type)).toContain('decision.approved');
});
