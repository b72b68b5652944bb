import { describe, expect, it } from 'vitest';
import {
  agent,
  ben,
  codeOf,
  newWorld,
  readContact,
  sarah,
  update,
  updateContact,
  verifiedEntries,
} from './world.ts';

const types = async (location: string) => (await verifiedEntries(location)).map(({ type }) => type);

describe('a proposal', () => {
  it('is recorded with everything the agent said, its personal arguments apart', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(
      updateContact,
      update({
        id: 'p-a',
        confidence_source: 'model_score',
        evidence: ['mail 17'],
        tool_call_id: 'call_1',
        conversation_id: 'conv-1',
        trace_id: 'trace-1',
      }),
    );
    expect(proposal).toMatchObject({ id: 'p-a', status: 'pending', recorded: 'log', approval: 'required' });
    const [entry] = await verifiedEntries(world.location);
    expect(entry).toMatchObject({
      id: 'p-a:created',
      type: 'proposal.created',
      actor: { type: 'agent', ...agent },
      targets: [{ type: 'contact', id: 'c-1' }],
      data: {
        proposal: 'p-a',
        action: 'update_contact',
        approval: 'required',
        risk: 'medium',
        confidence: 0.9,
        confidence_source: 'model_score',
        tool_call_id: 'call_1',
        conversation_id: 'conv-1',
        trace_id: 'trace-1',
        expires_at: '2026-03-02T08:10:00.000Z',
      },
    });
    expect(Object.keys(entry?.sealed ?? {}).sort()).toEqual([
      'args',
      'args.personal',
      'evidence',
      'rationale',
    ]);
  });

  it('proposed again under its id is the same proposal, whatever the agent says this time', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const first = await trail.propose(updateContact, update({ id: 'p-b' }));
    await trail.approve(first, { by: sarah });
    const again = await trail.propose(
      updateContact,
      update({ id: 'p-b', rationale: 'other words', confidence: 0.1 }),
    );
    expect(again).toMatchObject({ id: 'p-b', status: 'approved' });
    expect(
      await codeOf(
        trail.propose(readContact, {
          id: 'p-b',
          agent,
          input: { id: 'c-1' },
          rationale: null,
          confidence: null,
        }),
      ),
    ).toBe('id_conflict');
    expect(await types(world.location)).toEqual(['proposal.created', 'decision.approved']);
  });

  it('with an input that its action refuses is not made', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const call = trail.propose(updateContact, update({ input: { id: 'c-1', fax: '1' } as never }));
    await expect(call).rejects.toMatchObject({ code: 'input_invalid', detail: { action: 'update_contact' } });
    await trail.propose(updateContact, update());
    expect(await types(world.location)).toEqual(['proposal.created']);
  });
});

describe('a decision', () => {
  it('names the proposal by hash, what the person was shown, and when', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    const { presentation } = await trail.present(proposal, {
      to: sarah,
      shown: { phone: '+44 20 7946 0112' },
      channel: 'web',
    });
    world.now += 1_000;
    await trail.approve(proposal, { by: sarah, presentation, reason: 'checked by phone' });
    const { created, decision, status } = await trail.state(proposal);
    expect(status).toBe('approved');
    expect(decision?.entry).toMatchObject({
      type: 'decision.approved',
      actor: { type: 'user', id: 'u-sarah', auth_method: 'sso', role: 'manager' },
      data: {
        proposal_hash: created.hash,
        mode: 'individual',
        presentation,
        presented_at: '2026-03-02T08:00:00.000Z',
      },
    });
    expect(decision?.openings['reason']?.value).toBe('checked by phone');
    expect(await types(world.location)).toEqual([
      'proposal.created',
      'proposal.presented',
      'decision.approved',
    ]);
    expect(
      await codeOf(trail.reject(await trail.propose(updateContact, update()), { by: ben, presentation })),
    ).toBe('draft_invalid');
  });

  it('rests on a showing to the person who decides, of this very proposal', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const [proposal, other] = [
      await trail.propose(updateContact, update({ id: 'p-1' })),
      await trail.propose(updateContact, update({ id: 'p-1:presented' })),
    ];
    const toBen = await trail.present(proposal, { to: ben, shown: 'a new stage' });
    const otherToSarah = await trail.present(other, { to: sarah, shown: 'another one' });
    for (const { presentation } of [toBen, otherToSarah, { presentation: 'none' }]) {
      expect(await codeOf(trail.approve(proposal, { by: sarah, presentation }))).toBe('draft_invalid');
    }
    const toSarah = await trail.present(proposal, { to: sarah, shown: 'a new stage' });
    await trail.approve(proposal, { by: sarah, presentation: toSarah.presentation });
    expect((await trail.state(proposal)).decision?.entry.data['presented_at']).toBe(toSarah.presented_at);
    expect((await types(world.location)).filter((type) => type.startsWith('decision.'))).toHaveLength(1);
  });

  it('that edits keeps the difference as an RFC 6902 patch, personal parts apart', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    await trail.approveEdited(updateContact, proposal, {
      by: ben,
      input: { id: 'c-1', phone: '+44 20 7946 0999', stage: 'lost' },
    });
    const { decision } = await trail.state(proposal);
    expect(decision?.entry.data).toMatchObject({
      mode: 'edit',
      changes: 2,
      edited_fields: ['phone', 'stage'],
    });
    const values = Object.fromEntries(
      Object.entries(decision?.openings ?? {}).map(([field, { value }]) => [field, value]),
    );
    expect(values).toEqual({
      final_args: { id: 'c-1', stage: 'lost' },
      'final_args.personal': { phone: '+44 20 7946 0999' },
      patch: [{ op: 'replace', path: '/stage', value: 'lost' }],
      'patch.personal': [{ op: 'replace', path: '/phone', value: '+44 20 7946 0999' }],
    });
    await verifiedEntries(world.location);
  });

  it('that edits nothing is an approval, also when it is sent again or comes too late', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update({ id: 'p-1' }));
    const edit = (by: typeof sarah) => {
      const { stage, phone, id } = proposal.input;
      return trail.approveEdited(updateContact, proposal, { by, click: 'c-1', input: { stage, phone, id } });
    };
    const first = await edit(sarah);
    expect(first).toMatchObject({ decision: 'approved', duplicate: false });
    expect(await edit(sarah)).toEqual({ ...first, duplicate: true });
    expect(await codeOf(edit(ben))).toBe('decision_stale');
    expect(await trail.execute(updateContact, proposal, (input) => input)).toEqual(proposal.input);
    const [, decision, stale] = await verifiedEntries(world.location);
    expect([decision?.type, decision?.data['mode'], Object.keys(decision?.sealed ?? {})]).toEqual([
      'decision.approved',
      'individual',
      [],
    ]);
    expect([stale?.type, stale?.data['decision']]).toEqual(['decision.stale', 'approved']);
  });

  it('that edits nothing about another action is refused as any edit is', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update({ input: { id: 'c-1' } }));
    const edit = trail.approveEdited(readContact, proposal.id, { by: sarah, input: { id: 'c-1' } });
    expect(await codeOf(edit)).toBe('input_invalid');
    expect(await types(world.location)).toEqual(['proposal.created']);
  });

  it('about a proposal that is not there is refused', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    expect(await codeOf(trail.approve('nobody', { by: sarah }))).toBe('proposal_unknown');
    expect(
      await codeOf(
        trail.decideMany([(await trail.propose(updateContact, update())).id, 'nobody'], {
          by: sarah,
          decision: 'approved',
        }),
      ),
    ).toBe('proposal_unknown');
    expect(await types(world.location)).toEqual(['proposal.created']);
  });

  it.each([
    ['an object that looks like a person', { type: 'user', id: 'u-sarah', auth_method: 'sso' }],
    ['what came out of a request', JSON.parse('{"id":"u-sarah","auth_method":"sso"}')],
    ['an agent', { type: 'agent', id: 'assistant' }],
    ['nobody', undefined],
    ['an object that borrows the methods of a person', Object.create(sarah)],
  ])('by %s is refused', async (_, by) => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    const calls: (() => Promise<unknown>)[] = [
      () => trail.approve(proposal, { by }),
      () => trail.reject(proposal, { by }),
      () => trail.approveEdited(updateContact, proposal, { by, input: { id: 'c-1' } }),
      () => trail.decideMany([proposal], { by, decision: 'approved' }),
      () => trail.present(proposal, { to: by, shown: 'x' }),
      () => trail.grant({ agent: 'a', action: 'b' }, { by }),
    ];
    for (const call of calls) {
      expect(await codeOf(call())).toBe('actor_refused');
    }
    expect(await types(world.location)).toEqual(['proposal.created']);
  });
});

it('a proposal that another one supersedes can be decided no more', async () => {
  const world = await newWorld();
  const { trail } = await world.plugin();
  const old = await trail.propose(updateContact, update());
  const next = await trail.propose(updateContact, update());
  await trail.supersede(old, next);
  await trail.supersede(old, next);
  expect(await codeOf(trail.approve(old, { by: sarah }))).toBe('decision_stale');
  expect(await codeOf(trail.execute(updateContact, old, () => 1))).toBe('not_approved');
  await trail.approve(next, { by: sarah });
  expect(await codeOf(trail.supersede(next, old))).toBe('decision_stale');
  expect(await types(world.location)).toEqual([
    'proposal.created',
    'proposal.created',
    'proposal.superseded',
    'decision.stale',
    'execution.not_executed',
    'decision.approved',
  ]);
});
