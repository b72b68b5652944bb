import { defineAction, withAudit } from '@sealtrail/sdk';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openWorld } from './spool-world.ts';
import {
  agent,
  codeOf,
  newWorld,
  readContact,
  sarah,
  update,
  updateContact,
  verifiedEntries,
} from './world.ts';

const said = { agent, rationale: null, confidence: null };
const deep = (depth: number): unknown => {
  let value: unknown = 'x';
  for (let i = 0; i < depth; i++) value = [value];
  return value;
};

describe('an input that cannot be recorded', () => {
  it('is refused by the name of the member, when it is proposed and when it is edited', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    await trail.propose(updateContact, update({ id: 'p-1' }));
    const input = { id: 'c-1', phone: undefined };
    const refusal = { code: 'input_invalid', detail: { action: 'update_contact', path: 'phone' } };
    await expect(trail.propose(updateContact, update({ input }))).rejects.toMatchObject(refusal);
    await expect(trail.approveEdited(updateContact, 'p-1', { by: sarah, input })).rejects.toMatchObject(
      refusal,
    );
    expect((await trail.state('p-1')).status).toBe('pending');
    expect(await verifiedEntries(world.location)).toHaveLength(1);
  });

  it.each([
    [
      'a transformation that throws',
      z.string().transform((text) => JSON.parse(text)),
      'secret',
      'input_invalid',
    ],
    ['more depth than the schema can follow', z.json(), deep(20_000), 'input_invalid'],
    ['a schema that waits', z.string().refine(async () => true), 'secret', 'config_invalid'],
  ])('is refused with a code, and is not in the error: %s', async (_, schema, value, code) => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    await sealtrail.store.register('acme');
    const action = defineAction({ name: 'odd', input: z.strictObject({ value: schema }), targets: () => [] });
    const error = await trail.propose(action, { ...said, input: { value } as never }).catch((one) => one);
    expect(error.code).toBe(code);
    expect(`${error.message} ${JSON.stringify(error.detail)} ${error.cause}`).not.toContain('secret');
    expect(await verifiedEntries(world.location)).toEqual([]);
  });

  const members = z.strictObject({ ids: z.array(z.string()), note: z.string().optional() });
  const merge = defineAction({
    name: 'merge',
    input: members,
    targets: ({ ids }) => ids.map((id) => ({ type: 'contact', id })),
    personal: ['note'],
  });
  const half = 'x'.repeat(700_000);

  it.each([
    ['more records than an entry names', { ids: Array.from({ length: 257 }, (_, i) => `c-${i}`) }, 'targets'],
    ['a record without a name', { ids: ['c-1', ''] }, 'targets.1.id'],
    ['more than a value may hold', { ids: ['c-1'], note: half + half }, 'the input'],
  ])(
    'is refused as what the agent gave, when it is proposed and when it is edited: %s',
    async (_, input, path) => {
      const world = await newWorld();
      const { trail } = await world.plugin();
      const refusal = { code: 'input_invalid', detail: { action: 'merge', path } };
      await expect(trail.propose(merge, { ...said, input })).rejects.toMatchObject(refusal);
      await trail.propose(merge, { ...said, id: 'p-1', input: { ids: ['c-1'] } });
      await expect(trail.approveEdited(merge, 'p-1', { by: sarah, input })).rejects.toMatchObject(refusal);
      expect((await trail.state('p-1')).status).toBe('pending');
      expect(await verifiedEntries(world.location)).toHaveLength(1);
    },
  );

  it('is none for being larger than a value where its parts are not', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const apart = { ids: ['c-1'], note: half };
    const input = members.extend({ text: z.string() });
    const large = defineAction({ name: 'large', input, targets: () => [], personal: ['note'] });
    const proposal = await trail.propose(large, { ...said, input: { ...apart, text: half } });
    await trail.approve(proposal, { by: sarah });
    expect(await trail.execute(large, proposal, () => 'ran')).toBe('ran');
    await verifiedEntries(world.location);
  });
});

const generator = async function* () {
  yield 1;
};
it.each([
  ['a generator', generator],
  ['nothing', undefined],
  ['no function', 'crm.update'],
])('an execution by %s is refused before anything is recorded of it', async (_, run) => {
  const world = await newWorld();
  const { trail } = await world.plugin();
  const proposal = await trail.propose(readContact, { ...said, input: { id: 'c-1' } });
  expect(await codeOf(trail.execute(readContact, proposal, run as never))).toBe('config_invalid');
  const { name, input, targets } = readContact;
  expect(() => withAudit(trail, { name, input, targets, agent }, run as never)).toThrow(
    expect.objectContaining({ code: 'config_invalid' }),
  );
  // The proposal is not used up.
  expect(await trail.execute(readContact, proposal, () => 'done')).toBe('done');
  await verifiedEntries(world.location);
});

describe('an execution with other arguments while the log is away', () => {
  it.each([
    ['a date', { id: new Date(0) }],
    ['none that the action takes', { id: 7 }],
    ['none that can name a record', { id: 'x'.repeat(300) }],
    ['more than can be recorded', { id: 'x'.repeat(2_000_000) }],
  ])('is refused, and that is recorded: %s', async (_, input) => {
    const one = await openWorld();
    one.cut(true);
    const proposal = await one.trail.propose(readContact, { ...said, id: 'p-1', input: { id: 'c-1' } });
    const attempt = one.trail.execute(readContact, proposal, () => 'done', { input: input as never });
    expect(await codeOf(attempt)).toBe('args_mismatch');
    expect(await one.trail.execute(readContact, proposal, () => 'done')).toBe('done');
    one.cut(false);
    await one.sealtrail.replay();
    const entries = await verifiedEntries(one.world.location);
    expect(entries.map(({ type, targets }) => [type, targets[0]?.id])).toEqual([
      ['proposal.created', 'c-1'],
      ['execution.args_mismatch', 'c-1'],
      ['execution.started', 'c-1'],
      ['execution.executed', 'c-1'],
    ]);
  });
});
