import { canonicalize, entryHash } from '@sealtrail/format';
import { describe, expect, it } from 'vitest';
import { type Row, raw } from '../../support/raw.ts';
import { ben, codeOf, newWorld, sarah, TENANT, update, updateContact, verifiedEntries } from './world.ts';

// A row that is changed together with its hash is like any other by itself. Put back, it would have left no trace.

function rewritten(row: Row, change: (text: string) => string): Row {
  const entry = change(String(row['entry']));
  return { entry: canonicalize(JSON.parse(entry)), hash: entryHash(canonicalize(JSON.parse(entry))) };
}

/** A log in which rows are rewritten for as long as a proposal is executed. */
async function executedWhile(
  make: (
    trail: Awaited<ReturnType<Awaited<ReturnType<typeof newWorld>>['plugin']>>['trail'],
  ) => Promise<string>,
  change: (row: Row, all: readonly Row[]) => Row | undefined,
) {
  const world = await newWorld();
  const { trail, sealtrail } = await world.plugin();
  const id = await make(trail);
  await sealtrail.append(TENANT, { type: 'note.made', actor: { type: 'agent', id: 'assistant' } });
  const rows = await raw({ kind: 'sqlite', location: world.location });
  const before = await rows.rows('entries', TENANT);
  for (const row of before) {
    const changes = change(row, before);
    if (changes !== undefined)
      await rows.set('entries', { tenant: TENANT, seq: row['seq'] as number }, changes);
  }
  let ran: unknown;
  const code = await codeOf(trail.execute(updateContact, id, (input) => void (ran = input)));
  for (const row of before) await rows.set('entries', { tenant: TENANT, seq: row['seq'] as number }, row);
  const types = (await verifiedEntries(world.location)).map(({ type }) => type);
  return { code, ran, types, status: (await trail.state({ id })).status };
}

describe('what is executed while a row is rewritten together with its hash', () => {
  it('is nothing: a rejection that reads as an approval', async () => {
    const { code, ran, types, status } = await executedWhile(
      async (trail) => {
        const { id } = await trail.propose(updateContact, update());
        await trail.reject(id, { by: ben });
        return id;
      },
      (row) =>
        row['type'] === 'decision.rejected'
          ? {
              type: 'decision.approved',
              ...rewritten(row, (text) => text.replace('"decision.rejected"', '"decision.approved"')),
            }
          : undefined,
    );
    expect([code, ran, status]).toEqual(['log_broken', undefined, 'rejected']);
    // What began and was refused says so, and rests on an entry that is not in the log.
    expect(types.slice(-2)).toEqual(['execution.started', 'execution.failed']);
  });

  it('is nothing: a proposal with other arguments, and the approval that names it', async () => {
    let created: Row | undefined;
    const { code, ran } = await executedWhile(
      async (trail) => {
        const { id } = await trail.propose(updateContact, update({ rationale: 'because' }));
        await trail.approve(id, { by: sarah });
        return id;
      },
      (row, all) => {
        if (row['type'] === 'proposal.created') {
          created = rewritten(row, (text) => text.replace('"confidence":0.9', '"confidence":0.1'));
          return created;
        }
        if (row['type'] !== 'decision.approved') return undefined;
        const old = String(all.find(({ type }) => type === 'proposal.created')?.['hash']);
        return rewritten(row, (text) => text.replaceAll(old, String(created?.['hash'])));
      },
    );
    expect([code, ran]).toEqual(['log_broken', undefined]);
  });

  it('is nothing: what a grant allowed that had expired', async () => {
    const { code, ran } = await executedWhile(
      async (trail) => {
        await trail.grant({ agent: 'assistant', action: 'update_contact' }, { by: sarah });
        return (await trail.propose(updateContact, update())).id;
      },
      (row) =>
        row['type'] === 'authority.grant_created'
          ? rewritten(row, (text) =>
              text.replace('"data":{', '"data":{"expires_at":"2099-01-01T00:00:00.000Z",'),
            )
          : undefined,
    );
    expect([code, ran]).toEqual(['log_broken', undefined]);
  });
});
