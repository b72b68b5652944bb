import { describe, expect, it } from 'vitest';
import { ben, MINUTE, newWorld, sarah, verifiedEntries, type World } from '../sdk/trail/world.ts';
import { ADA, type DeskOptions, newDesk, setPhone, WHY } from './mcp-desk.ts';

const types = async ({ location }: World) => (await verifiedEntries(location)).map(({ type }) => type);
const RAN = ['execution.started', 'execution.executed'];
const CALL = { ...ADA, ...WHY };

async function desk(options: DeskOptions = {}) {
  const world = await newWorld();
  return { world, ...(await newDesk(world, options)) };
}

describe('the tools that a client sees', () => {
  it('ask for a reason and a confidence, and can go on with a proposal', async () => {
    const { client, world } = await desk();
    const { tools } = await client.listTools();
    const shown = tools.find(({ name }) => name === 'set_phone');
    expect(Object.keys(shown?.inputSchema.properties ?? {})).toEqual([
      'id',
      'phone',
      '_rationale',
      '_confidence',
      '_proposal',
    ]);
    expect(shown?.inputSchema.required).toEqual(['id', 'phone']);
    expect(await types(world)).toEqual([]);
  });
});

describe('a call that is decided elsewhere', () => {
  it('is recorded, waits, and goes on by its proposal when somebody approved', async () => {
    const { call, done, trail, world } = await desk();
    const waits = await call(CALL);
    expect(waits).toMatchObject({ status: 'pending', text: expect.stringContaining(waits.proposal) });
    // The client looks again, before anybody has decided.
    expect(await call({ ...ADA, _proposal: waits.proposal })).toMatchObject({ status: 'pending' });
    await trail.approve(waits.proposal, { by: sarah });
    expect(await call({ ...ADA, _proposal: waits.proposal })).toMatchObject({
      status: 'executed',
      result: { ok: true },
    });
    // ... and once more: the recorded result, and nothing done twice.
    expect(await call({ ...ADA, _proposal: waits.proposal })).toMatchObject({
      status: 'executed',
      result: { ok: true },
    });
    expect(done).toEqual([ADA]);
    const entries = await verifiedEntries(world.location);
    expect(entries.map(({ type }) => type)).toEqual(['proposal.created', 'decision.approved', ...RAN]);
    expect(entries[0]).toMatchObject({
      actor: { type: 'agent', id: 'assistant' },
      data: { confidence: 0.9, confidence_source: 'self_reported' },
    });
    expect(entries[0]?.data['conversation_id']).toEqual(expect.any(String));
  });

  it('runs as a person changed it', async () => {
    const { call, done, trail, world } = await desk();
    const { proposal } = await call(CALL);
    await trail.approveEdited(setPhone, proposal, { by: sarah, input: { ...ADA, phone: '2' } });
    await call({ ...ADA, _proposal: proposal });
    expect(done).toEqual([{ ...ADA, phone: '2' }]);
    expect(await types(world)).toEqual(['proposal.created', 'decision.edited_approved', ...RAN]);
  });

  it('does not run when it was rejected, or when its time is up', async () => {
    const rejected = await desk();
    const one = await rejected.call(CALL);
    await rejected.trail.reject(one.proposal, { by: ben, reason: 'wrong person' });
    const said = await rejected.call({ ...ADA, _proposal: one.proposal });
    expect(said).toMatchObject({
      isError: true,
      status: 'rejected',
      text: expect.stringContaining('wrong person'),
    });
    expect(await types(rejected.world)).toEqual([
      'proposal.created',
      'decision.rejected',
      'execution.not_executed',
    ]);

    const late = await desk();
    const other = await late.call(CALL);
    late.world.now += 11 * MINUTE;
    expect(await late.call({ ...ADA, _proposal: other.proposal })).toMatchObject({
      isError: true,
      status: 'expired',
    });
    expect(await types(late.world)).toEqual([
      'proposal.created',
      'proposal.expired',
      'execution.not_executed',
    ]);
    expect([...rejected.done, ...late.done]).toEqual([]);
  });

  it('is refused with other arguments, a made-up proposal, or another agent’s', async () => {
    const world = await newWorld();
    const mine = await newDesk(world);
    const theirs = await newDesk(world, { agent: 'somebody-else' });
    const { proposal } = await mine.call(CALL);
    await mine.trail.approve(proposal, { by: sarah });
    for (const [one, args] of [
      [mine, { ...ADA, phone: '+1 900 666', _proposal: proposal }],
      [mine, { ...ADA, _proposal: 'made-up' }],
      [mine, { ...ADA, _proposal: 'not an id' }],
      [theirs, { ...ADA, _proposal: proposal }],
    ] as const) {
      expect((await one.call(args)).isError).toBe(true);
    }
    expect(mine.failures.map((error) => (error as { code: string }).code)).toEqual([
      'args_mismatch',
      'proposal_unknown',
      'proposal_unknown',
    ]);
    expect([...mine.done, ...theirs.done]).toEqual([]);
    expect(await types(world)).toEqual(['proposal.created', 'decision.approved', 'execution.args_mismatch']);
  });
});

describe('a person at the client', () => {
  it('is asked when the host says who it is, and what they were shown is recorded', async () => {
    const answers = () => ({ action: 'accept' as const, content: { approve: true, reason: 'I called her' } });
    const { call, done, asked, world } = await desk({ signedIn: sarah, answers });
    expect(await call(CALL)).toMatchObject({ status: 'executed' });
    expect(done).toEqual([ADA]);
    expect(asked).toEqual([expect.stringContaining('+44 20 7946 0112')]);
    const entries = await verifiedEntries(world.location);
    expect(entries.map(({ type }) => type)).toEqual([
      'proposal.created',
      'proposal.presented',
      'decision.approved',
      ...RAN,
    ]);
    expect(entries[2]).toMatchObject({
      actor: { id: 'u-sarah', auth_method: 'sso' },
      data: { channel: 'mcp', presented_at: entries[1]?.time },
    });
  });

  it.each([
    ['declines', { action: 'decline' as const }, 'decision.rejected'],
    ['says no', { action: 'accept' as const, content: { approve: false } }, 'decision.rejected'],
    ['answers something else', { action: 'accept' as const, content: {} }, undefined],
    ['cancels', { action: 'cancel' as const }, undefined],
  ])('who %s does not approve', async (_, answer, decision) => {
    const { call, done, world } = await desk({ signedIn: sarah, answers: () => answer });
    expect((await call(CALL)).status).toBe(decision === undefined ? 'pending' : 'rejected');
    expect(done).toEqual([]);
    const found = await types(world);
    expect(found.filter((type) => type.startsWith('decision.'))).toEqual(
      decision === undefined ? [] : [decision],
    );
  });

  it('whom the host does not know is not asked: what the client accepts approves nothing', async () => {
    const answers = () => ({ action: 'accept' as const, content: { approve: true } });
    const { call, done, asked, world } = await desk({ answers });
    expect(await call(CALL)).toMatchObject({ status: 'pending' });
    expect([done, asked]).toEqual([[], []]);
    expect(await types(world)).toEqual(['proposal.created']);
  });

  it('who answers after somebody else decided is recorded as stale', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const answers = async () => {
      const [created] = await verifiedEntries(world.location);
      await trail.reject(String(created?.data['proposal']), { by: ben });
      return { action: 'accept' as const, content: { approve: true } };
    };
    const one = await newDesk(world, { signedIn: sarah, answers });
    expect(await one.call(CALL)).toMatchObject({ isError: true, status: 'rejected' });
    expect(one.done).toEqual([]);
    expect(await types(world)).toEqual([
      'proposal.created',
      'proposal.presented',
      'decision.rejected',
      'decision.stale',
      'execution.not_executed',
    ]);
  });
});

describe('a tool', () => {
  it('that needs no approval runs at once; hints of its annotations free no other', async () => {
    const { call, done, world } = await desk();
    expect(await call({ id: 'c-ada' }, 'read_contact')).toMatchObject({ status: 'executed' });
    expect((await call(CALL)).status).toBe('pending');
    expect(done).toEqual([{ id: 'c-ada' }]);
    const entries = await verifiedEntries(world.location);
    expect(entries[0]?.data['confidence']).toBeNull();
  });

  it('that a policy denies does not run; one that fails is recorded as failed', async () => {
    const never = await desk({ trail: { policies: [{ id: 'never', decide: () => 'deny' }] } });
    expect(await never.call(CALL)).toMatchObject({ isError: true, status: 'rejected' });
    const act = () => {
      throw new Error('the CRM is down');
    };
    const broken = await desk({ act });
    const said = await broken.call({ id: 'c-ada' }, 'read_contact');
    expect(said).toMatchObject({ isError: true, status: 'failed', text: 'the tool failed: the CRM is down' });
    expect(await types(broken.world)).toEqual(['proposal.created', 'execution.started', 'execution.failed']);
    expect(await types(never.world)).toEqual([
      'proposal.created',
      'decision.auto_denied',
      'execution.not_executed',
    ]);
  });

  it('does not run when the log is away, and the host is told', async () => {
    const { call, done, failures, sealtrail } = await desk();
    await sealtrail.close();
    expect((await call({ id: 'c-ada' }, 'read_contact')).isError).toBe(true);
    expect(failures).toMatchObject([{ code: 'store_closed' }]);
    expect(done).toEqual([]);
  });

  it('several of which are called at once wait each for itself, and can be approved with one click', async () => {
    const { call, done, trail, world } = await desk();
    const calls = await Promise.all([1, 2, 3].map((n) => call({ id: `c-${n}`, phone: `${n}` })));
    await trail.decideMany(
      calls.slice(0, 2).map(({ proposal }) => proposal),
      { by: sarah, decision: 'approved' },
    );
    await trail.reject(calls[2]?.proposal as string, { by: sarah });
    const after = await Promise.all(
      calls.map(({ proposal }, i) => call({ id: `c-${i + 1}`, phone: `${i + 1}`, _proposal: proposal })),
    );
    expect(after.map(({ status }) => status)).toEqual(['executed', 'executed', 'rejected']);
    expect(done).toHaveLength(2);
    await verifiedEntries(world.location);
  });
});
