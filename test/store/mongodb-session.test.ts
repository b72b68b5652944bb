import { canonicalize, entryHash, readEntry } from '@sealtrail/format';
import { type EntryDraft, Log } from '@sealtrail/store';
import { describe, expect, inject, it } from 'vitest';
import { draft, drafts } from '../support/drafts.ts';
import { outcome } from '../support/errors.ts';
import { type Host, host } from '../support/mongodb.ts';
import { newMongodbPlace, type Place } from '../support/places.ts';
import { type Row, raw } from '../support/raw.ts';
import { expectIntact, storedRows } from '../support/verified.ts';

const url = inject('mongodbUrl');
const newPlace = newMongodbPlace(url ?? '');

/** Changes a deal and notes it in the log, together or not at all. */
async function changeDeal({ client, log, deals }: Host, id: string, tenant = 'acme'): Promise<void> {
  await client.withSession((session) =>
    session.withTransaction(async () => {
      await deals.insertOne({ _id: id }, { session });
      await log.append(tenant, draft(id), { session });
    }),
  );
}

/** An append outside any transaction, with the lock given back: a transaction that begins now finds it free. */
async function appendBefore({ store }: Host): Promise<void> {
  const log = new Log(store);
  await log.append('acme', draft('before'));
  await log.close();
}

/** The deals that were changed are those that the log says were changed. */
async function expectAgreement(place: Place, { deals }: Host, wanted: readonly string[]): Promise<void> {
  const logged = (await storedRows(place.location, 'acme')).map((row) => String(row['id']));
  const stored = (await deals.find().toArray()).map(({ _id }) => _id);
  expect(stored.sort()).toEqual([...wanted].sort());
  expect(logged.filter((id) => id.startsWith('deal')).sort()).toEqual([...wanted].sort());
}

describe.skipIf(url === undefined)('an append in the caller’s own transaction', () => {
  it('becomes visible with the commit, together with what else was written', async () => {
    const place = await newPlace();
    const crm = await host(place);
    await appendBefore(crm);
    await crm.client.withSession(async (session) => {
      session.startTransaction();
      await crm.deals.insertOne({ _id: 'deal-1' }, { session });
      const made = await crm.log.append('acme', draft('deal-1'), { session });
      expect(made).toMatchObject({ seq: 2, duplicate: false });
      await expectAgreement(place, crm, []);
      await session.commitTransaction();
      expect(await crm.store.head('acme')).toMatchObject({ seq: 2, hash: made.hash });
    });
    await expectAgreement(place, crm, ['deal-1']);
    expect((await crm.log.append('acme', draft('after'))).seq).toBe(3);
    await crm.log.close();
    await expectIntact(place.location, { acme: 3 });
  });

  it('leaves nothing after an abort, also not in the head', async () => {
    const place = await newPlace();
    const crm = await host(place);
    await appendBefore(crm);
    await crm.client.withSession(async (session) => {
      session.startTransaction();
      await crm.deals.insertOne({ _id: 'deal-1' }, { session });
      await crm.log.append('acme', draft('deal-1'), { session });
      await session.abortTransaction();
    });
    const failed = crm.client.withSession((session) =>
      session.withTransaction(async () => {
        await crm.log.append('acme', draft('deal-2'), { session });
        throw new Error('the host changed its mind');
      }),
    );
    await expect(failed).rejects.toThrow('changed its mind');
    expect(await crm.store.head('acme')).toMatchObject({ seq: 1 });
    expect((await crm.log.append('acme', draft('after'))).seq).toBe(2);
    await expectAgreement(place, crm, []);
    await crm.log.close();
    await expectIntact(place.location, { acme: 2 });
  });

  it('may come several times, in groups and for several tenants', async () => {
    const place = await newPlace();
    const crm = await host(place);
    await crm.client.withSession((session) =>
      session.withTransaction(async () => {
        const first = await crm.log.append('acme', draft('e-1'), { session });
        const group = await crm.log.appendAll('acme', drafts('group', 5), { session });
        const other = await crm.log.append('beta', draft('e-1'), { session });
        expect([first, ...group, other].map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 1]);
      }),
    );
    await crm.log.close();
    await expectIntact(place.location, { acme: 6, beta: 1 });
  });

  it('registers a new tenant, which stays when the transaction is aborted', async () => {
    const place = await newPlace();
    const crm = await host(place);
    await crm.client.withSession(async (session) => {
      session.startTransaction();
      await crm.log.append('acme', draft('e-1'), { session });
      await session.abortTransaction();
    });
    await expectIntact(place.location, { acme: 0 });
  });

  it('finds a tenant that was registered after the transaction had begun to read', async () => {
    const place = await newPlace();
    const crm = await host(place);
    await crm.client.withSession((session) =>
      session.withTransaction(async () => {
        await crm.deals.findOne({ _id: 'none' }, { session });
        await crm.log.append('acme', draft('e-1'), { session });
      }),
    );
    await crm.log.close();
    await expectIntact(place.location, { acme: 1 });
  });

  it('made again returns the first result, and another content ends the transaction', async () => {
    const place = await newPlace();
    const crm = await host(place);
    const first = await crm.log.append('acme', draft('e-1'));
    await crm.client.withSession((session) =>
      session.withTransaction(async () => {
        const [again, fresh] = await crm.log.appendAll('acme', [draft('e-1'), draft('e-2')], { session });
        expect(again).toEqual({ ...first, duplicate: true });
        expect(fresh).toMatchObject({ seq: 2, duplicate: false });
      }),
    );
    expect((await crm.log.append('acme', draft('e-2'))).duplicate).toBe(true);
    const conflict = crm.client.withSession((session) =>
      session.withTransaction(async () => {
        await crm.deals.insertOne({ _id: 'deal-1' }, { session });
        await crm.log.append('acme', draft('e-1', { data: {} }), { session });
      }),
    );
    expect(await outcome(conflict)).toBe('id_conflict');
    await expectAgreement(place, crm, []);
    await crm.log.close();
    await expectIntact(place.location, { acme: 2 });
  });

  it.each([
    ['beside its hash', false],
    ['with its hash', true],
  ])('is not told to be there by a row that was changed %s', async (_, rehashed) => {
    const place = await newPlace();
    const crm = await host(place);
    const first = await crm.log.append('acme', draft('e-1', { data: { n: 1 } }));
    await crm.log.append('acme', draft('e-2'));
    const rows = await raw(place);
    const row = (await rows.rows('entries', 'acme'))[1] as Row;
    const entry = String(row['entry']).replace('"n":1', '"n":2');
    const hash = rehashed ? entryHash(entry) : row['hash'];
    await rows.set('entries', { tenant: 'acme', seq: 1 }, { entry, hash });
    const append = (n: number) =>
      crm.client.withSession((session) =>
        session.withTransaction(async () => {
          await crm.deals.insertOne({ _id: 'deal-1' }, { session });
          return crm.log.append('acme', draft('e-1', { data: { n } }), { session });
        }),
      );
    expect(await outcome(append(2))).toBe('log_broken');
    await expectAgreement(place, crm, []);
    await rows.set('entries', { tenant: 'acme', seq: 1 }, row);
    expect(await append(1)).toEqual({ ...first, duplicate: true });
    await crm.log.close();
    await expectIntact(place.location, { acme: 2 });
  });

  it('made again in the same transaction returns its first result', async () => {
    const place = await newPlace();
    const crm = await host(place);
    await appendBefore(crm);
    await crm.client.withSession((session) =>
      session.withTransaction(async () => {
        const made = await crm.log.appendAll('acme', drafts('e', 3), { session });
        const again = await crm.log.appendAll('acme', drafts('e', 3), { session });
        expect(again).toEqual(made.map((one) => ({ ...one, duplicate: true })));
      }),
    );
    await crm.log.close();
    await expectIntact(place.location, { acme: 4 });
  });

  it.each(['beside its hash', 'with its hash', 'by its id alone'])(
    'is not told to be there already by a row that was changed %s',
    async (how) => {
      const place = await newPlace();
      const crm = await host(place);
      const note = (n: number) => draft(`n-${n}`, { data: { n }, sealed: {} });
      await crm.log.appendAll('acme', [note(1), note(2), note(3)]);
      const append = (draft: EntryDraft) =>
        crm.client.withSession((session) =>
          session.withTransaction(() => crm.log.append('acme', draft, { session })),
        );
      const rows = await raw(place);
      for (const seq of [2, 3]) {
        const row = (await rows.rows('entries', 'acme'))[seq] as Row;
        const stored = readEntry(String(row['entry']));
        // What is appended now, put there for that moment.
        const forged = canonicalize({ ...stored, id: 'n-4', data: { n: 4 } });
        const changes = how === 'by its id alone' ? {} : { entry: forged };
        const hash = how === 'with its hash' ? entryHash(forged) : row['hash'];
        await rows.set('entries', { tenant: 'acme', seq }, { ...changes, id: 'n-4', hash });
        const wanted = how === 'by its id alone' ? note(seq) : note(4);
        // The last entry has the head to vouch for it.
        expect(await outcome(append({ ...wanted, id: 'n-4' }))).toBe('log_broken');
        await rows.set('entries', { tenant: 'acme', seq }, row);
      }
      expect(await append(note(4))).toMatchObject({ seq: 4, duplicate: false });
      // The last of the log, and one behind which another one stands.
      expect(await append(note(4))).toMatchObject({ seq: 4, duplicate: true });
      expect(await append(note(2))).toMatchObject({ seq: 2, duplicate: true });
      await crm.log.close();
      await expectIntact(place.location, { acme: 4 });
    },
  );

  it('answers nothing about an id that is there twice', async () => {
    const place = await newPlace();
    const crm = await host(place);
    await crm.log.append('acme', draft('e-1'));
    await crm.client.db().collection('entries').dropIndex('tenant_id');
    await crm.log.append('acme', draft('e-1', { type: 'note.made' }));
    const again = crm.client.withSession((session) =>
      session.withTransaction(() => crm.log.append('acme', draft('e-1'), { session })),
    );
    expect(await outcome(again)).toBe('log_broken');
    await crm.log.close();
  });

  it('is refused outside a transaction, and when the log is closed', async () => {
    const place = await newPlace();
    const crm = await host(place);
    await crm.client.withSession(async (session) => {
      expect(await outcome(crm.log.append('acme', draft('e-1'), { session }))).toBe('config_invalid');
      session.startTransaction();
      expect(await outcome(crm.log.append('acme', draft('e 1'), { session }))).toBe('draft_invalid');
      await crm.log.close();
      expect(await outcome(crm.log.append('acme', draft('e-1'), { session }))).toBe('store_closed');
      await session.abortTransaction();
    });
    await new Log(crm.store).append('acme', draft('e-1'));
    await expectIntact(place.location, { acme: 1 });
  });

  it('says that the lock is held when nobody retries the transaction', async () => {
    const place = await newPlace();
    const [crm, other] = [await host(place), await host(place)];
    const busy = new Log(other.store, { lingerMs: 60_000 });
    await busy.append('acme', draft('e-1'));
    await crm.client.withSession(async (session) => {
      session.startTransaction();
      const error = await crm.log.append('acme', draft('deal-1'), { session }).catch((e) => e);
      expect(error.hasErrorLabel('TransientTransactionError')).toBe(true);
      expect(error.cause).toMatchObject({ code: 'transaction_busy', detail: { tenant: 'acme' } });
      await session.abortTransaction();
    });
    await busy.close();
    await changeDeal(crm, 'deal-1');
    await expectAgreement(place, crm, ['deal-1']);
    await expectIntact(place.location, { acme: 2 });
  });

  it('waits for a holder of the lock that died', async () => {
    const place = await newPlace();
    const [crm, dead] = [await host(place), await host(place, { leaseMs: 300 })];
    const log = new Log(dead.store, { lingerMs: 60_000 });
    await log.append('acme', draft('e-1'));
    await changeDeal(crm, 'deal-1');
    await expectAgreement(place, crm, ['deal-1']);
    await expectIntact(place.location, { acme: 2 });
  });

  it('and appends of the same and of other processes all come to an end, without a fork', async () => {
    const place = await newPlace();
    const hosts = await Promise.all([host(place), host(place), host(place)]);
    await hosts[0]?.log.append('acme', draft('first'));
    const names = hosts.flatMap((_, i) => Array.from({ length: 6 }, (_, n) => `deal-${i}-${n}`));
    await Promise.all(
      hosts.flatMap((crm, i) => [
        // Two transactions of each host at a time, beside appends that wait for nobody.
        ...[0, 1].map(async (half) => {
          for (const name of names.filter(
            (name) => name.startsWith(`deal-${i}`) && Number(name.at(-1)) % 2 === half,
          )) {
            await changeDeal(crm, name);
          }
        }),
        ...drafts(`plain-${i}`, 40).map((one) => crm.log.append('acme', one)),
      ]),
    );
    for (const { log } of hosts) await log.close();
    await expectAgreement(place, hosts[0] as Host, names);
    await expectIntact(place.location, { acme: 1 + 18 + 120 });
  });

  it('racing for the same id is made once', async () => {
    const place = await newPlace();
    const hosts = await Promise.all([host(place), host(place)]);
    await hosts[0]?.log.append('acme', draft('first'));
    const made = await Promise.all(
      hosts.flatMap(({ client, log }) => [
        log.append('acme', draft('same')),
        client.withSession((session) =>
          session.withTransaction(() => log.append('acme', draft('same'), { session })),
        ),
      ]),
    );
    expect(new Set(made.map(({ hash }) => hash)).size).toBe(1);
    for (const { log } of hosts) await log.close();
    await expectIntact(place.location, { acme: 2 });
  });
});
