import { describe, expect, it } from 'vitest';
import { type Row, raw } from '../../support/raw.ts';
import { ben, codeOf, newWorld, sarah, TENANT, update, updateContact, verifiedEntries } from './world.ts';

const replaced = (name: string, from: string, to: string) => (row: Row) => ({
  [name]: String(row[name]).replace(from, to),
});

/** A proposal, decided, of which a row is changed in the database for as long as it is executed. */
async function executedWhileAltered(
  decide: 'approve' | 'reject',
  which: 'created' | 'decision',
  change: (row: Row) => Row,
): Promise<{ code: string; ran: unknown; afterwards: string; types: string[] }> {
  const world = await newWorld();
  const { trail } = await world.plugin();
  const { id } = await trail.propose(updateContact, update());
  if (decide === 'approve') await trail.approve(id, { by: sarah });
  else await trail.reject(id, { by: ben });
  const rows = await raw({ kind: 'sqlite', location: world.location });
  const all = await rows.rows('entries', TENANT);
  const row = all.find((one) => one['id'] === `${id}:${which}`) as Row;
  const key = { tenant: TENANT, seq: row['seq'] as number };
  const changes = change(row);
  await rows.set('entries', key, changes);
  let ran: unknown;
  const run = (input: unknown): void => {
    ran = input;
  };
  const code = await codeOf(trail.execute(updateContact, id, run));
  await rows.set('entries', key, Object.fromEntries(Object.keys(changes).map((name) => [name, row[name]])));
  const afterwards = await codeOf(trail.execute(updateContact, id, () => {}));
  return { code, ran, afterwards, types: (await verifiedEntries(world.location)).map(({ type }) => type) };
}

describe('what is executed while a row is altered in the database', () => {
  it.each([
    ['another value of an approved argument', replaced('openings', '"won"', '"lost"')],
    [
      'another salt',
      ({ openings }) => ({ openings: String(openings).replace(/"salt":"[0-9a-f]{4}/, '"salt":"0000') }),
    ],
    [
      'a value that was never sealed',
      () => ({ openings: `{"other":{"salt":"${'0'.repeat(32)}","value":1}}` }),
    ],
    ['another text', replaced('entry', '"action":"update_contact"', '"action":"update_contacts"')],
    ['another hash', () => ({ hash: 'a'.repeat(64) })],
    ['another time beside it', () => ({ time: '2026-03-02T07:00:00.000Z' })],
  ])('is nothing: a proposal with %s', async (_, change) => {
    const { code, ran, afterwards, types } = await executedWhileAltered('approve', 'created', change);
    expect([code, ran, afterwards]).toEqual(['log_broken', undefined, 'no error']);
    expect(types.slice(-2)).toEqual(['execution.started', 'execution.executed']);
  });

  it('is nothing: a rejection that reads as an approval', async () => {
    const { code, ran, afterwards } = await executedWhileAltered('reject', 'decision', (row) => ({
      ...replaced('entry', 'decision.rejected', 'decision.approved')(row),
      type: 'decision.approved',
    }));
    expect([code, ran, afterwards]).toEqual(['log_broken', undefined, 'not_approved']);
  });
});
