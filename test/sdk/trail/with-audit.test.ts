import { withAudit } from '@sealtrail/sdk';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { agent, codeOf, newWorld, sarah, verifiedEntries } from './world.ts';

const definition = {
  name: 'set_discount',
  input: z.strictObject({ deal: z.string(), percent: z.number() }),
  targets: ({ deal }: { deal: string }) => [{ type: 'deal', id: deal }],
  approval: ({ percent }: { percent: number }) =>
    percent > 10 ? ('required' as const) : ('not_required' as const),
  agent,
};
const why = { rationale: 'A loyal customer.', confidence: 0.8 };

describe('a function under audit', () => {
  it('is a proposal first, runs when nobody has to approve, and gives what it gives', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const setDiscount = withAudit(trail, definition, ({ deal, percent }) => `${deal}: ${percent} %`);
    expect(await setDiscount({ deal: 'd-1', percent: 5 }, why)).toBe('d-1: 5 %');
    expect((await verifiedEntries(world.location)).map(({ type }) => type)).toEqual([
      'proposal.created',
      'execution.started',
      'execution.executed',
    ]);
  });

  it('waits for approval, and goes on when it was given', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const setDiscount = withAudit(trail, definition, ({ deal, percent }) => `${deal}: ${percent} %`);
    const call = setDiscount({ deal: 'd-1', percent: 30 }, { ...why, id: 'p-30' });
    await expect(call).rejects.toMatchObject({ code: 'approval_pending', detail: { proposal: 'p-30' } });
    expect(await codeOf(setDiscount.resume('p-30'))).toBe('not_approved');
    await trail.approveEdited(setDiscount.action, 'p-30', { by: sarah, input: { deal: 'd-1', percent: 15 } });
    expect(await setDiscount.resume('p-30')).toBe('d-1: 15 %');
    expect(await codeOf(setDiscount.resume('p-30'))).toBe('already_executed');
    await verifiedEntries(world.location);
  });

  it('does not run what a policy denied', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin({ policies: [{ id: 'never', decide: () => 'deny' }] });
    let runs = 0;
    const setDiscount = withAudit(trail, definition, () => ++runs);
    expect(await codeOf(setDiscount({ deal: 'd-1', percent: 1 }, why))).toBe('not_approved');
    expect(runs).toBe(0);
    await verifiedEntries(world.location);
  });

  it('does not run when the log cannot be reached', async () => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    let runs = 0;
    const setDiscount = withAudit(trail, definition, () => ++runs);
    await sealtrail.close();
    expect(await codeOf(setDiscount({ deal: 'd-1', percent: 1 }, why))).toBe('store_closed');
    expect(runs).toBe(0);
  });
});
