import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { type AuditServerOptions, auditServer } from '@sealtrail/sdk/mcp';
import { describe, expect, it } from 'vitest';
import { ben, newWorld, sarah, verifiedEntries } from '../sdk/trail/world.ts';
import { ADA, setPhone, WHY } from './mcp-desk.ts';

/** A server that clients with tokens of their own reach under one session: its id is no secret, and says nothing of who asks. */
async function newServer(options: Pick<AuditServerOptions, 'agent' | 'signedIn'>) {
  const world = await newWorld();
  const { trail, sealtrail } = await world.plugin();
  await sealtrail.store.register('acme');
  let run: unknown;
  const server = new McpServer({ name: 'crm', version: '1.0.0' });
  server.registerTool = ((_name: string, _config: unknown, handler: unknown) => {
    run = handler;
  }) as never;
  auditServer(server, { trail, ...options }).registerTool(
    setPhone,
    (_, { extra }) => extra.authInfo?.clientId,
  );
  const call = async (clientId: string, phone = ADA.phone, requestId = 1) => {
    const extra = { sessionId: 's-1', requestId, authInfo: { clientId } };
    const handler = run as (given: object, extra: object) => Promise<CallToolResult>;
    return (await handler({ ...ADA, phone, ...WHY }, extra)).structuredContent as {
      proposal: string;
      status: string;
      result?: unknown;
    };
  };
  return { world, trail, call };
}

describe('two clients that number their requests alike in one session', () => {
  it('as two agents: neither gets what the other one was allowed, or stands in its way', async () => {
    const { world, trail, call } = await newServer({
      agent: ({ authInfo }) => ({ id: `${authInfo?.clientId}` }),
    });
    const one = await call('one');
    await trail.approve(one.proposal, { by: sarah });
    const two = await call('two');
    expect(two).toMatchObject({ status: 'pending' });
    expect(two.proposal).not.toBe(one.proposal);
    expect(await call('one')).toEqual({ proposal: one.proposal, status: 'executed', result: 'one' });
    expect(await call('three', '+44 20 0000 0666')).toMatchObject({ status: 'pending' });
    const entries = await verifiedEntries(world.location);
    const made = entries.filter(({ type }) => type === 'proposal.created');
    expect(made.map(({ actor }) => actor.id)).toEqual(['one', 'two', 'three']);
  });

  it('as one client that began to count anew: each call is recorded, and the same one again is the same', async () => {
    const { world, trail, call } = await newServer({ agent: { id: 'assistant' } });
    const one = await call('one');
    const two = await call('one', '+44 20 0000 0666');
    expect(two.status).toBe('pending');
    expect(two.proposal).not.toBe(one.proposal);
    await trail.approve(two.proposal, { by: sarah });
    expect(await call('one')).toEqual(one);
    expect(await call('one', '+44 20 0000 0666')).toMatchObject({
      proposal: two.proposal,
      status: 'executed',
    });
    expect((await verifiedEntries(world.location)).map(({ type }) => type)).toEqual([
      'proposal.created',
      'proposal.created',
      'decision.approved',
      'execution.started',
      'execution.executed',
    ]);
  });

  it('as one agent for two people: the same', async () => {
    const { trail, call } = await newServer({
      agent: { id: 'assistant' },
      signedIn: ({ authInfo }) => (authInfo?.clientId === 'sarah' ? sarah : ben),
    });
    const hers = await call('sarah');
    await trail.approve(hers.proposal, { by: sarah });
    expect(await call('ben')).toMatchObject({ status: 'pending' });
    expect(await call('sarah')).toEqual({ proposal: hers.proposal, status: 'executed', result: 'sarah' });
  });
});
