import { MongodbConnection } from '@sealtrail/store/mongodb';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { newMongodbPlace } from '../support/places.ts';
import { FaultProxy } from '../support/proxy.ts';

const url = inject('mongodbUrl');

type Row = { readonly _id: string };

/** A connection that waits 300 ms for an answer, through a proxy that can hold commands up. */
async function world() {
  const place = await newMongodbPlace(String(url))();
  const proxy = await FaultProxy.before(place.location);
  const options = { answerMs: 300, closed: 'the things are closed' };
  const connection = await MongodbConnection.open(proxy.through(place.location), options, async (db) => {
    await db.createCollection('things');
  });
  onTestFinished(() => connection.close());
  const things = connection.answers.of(connection.db.collection<Row>('things'));
  return { connection, proxy, things };
}

describe.skipIf(url === undefined)('a connection to MongoDB', () => {
  it('does not wait for ever for the answer to a command, and goes on behind it', async () => {
    const { connection, proxy, things } = await world();
    const held = proxy.hold(({ insert }) => insert === 'things');
    const insert = connection.guarded(() => things.insertOne({ _id: 'a' }));
    await expect(insert).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('no answer within 300 ms'),
    });
    held.release();
    await connection.guarded(() => things.insertOne({ _id: 'b' }));
    await expect.poll(() => things.countDocuments()).toBe(2);
  });

  it('does not wait for ever for what a cursor returns', async () => {
    const { connection, proxy, things } = await world();
    await things.insertOne({ _id: 'a' });
    const held = proxy.hold(({ find }) => find === 'things');
    const read = (): Promise<Row[]> =>
      connection.guarded(() => connection.answers.within(things.find().toArray()));
    await expect(read()).rejects.toMatchObject({ code: 'store_unavailable' });
    held.release();
    expect(await read()).toEqual([{ _id: 'a' }]);
  });

  it.each(['insert', 'commitTransaction'])(
    'does not wait for ever for a transaction whose %s is not answered',
    async (name) => {
      const { connection, proxy, things } = await world();
      const held = proxy.hold((command) => name in command);
      const write = connection.guarded(() =>
        connection.transaction((session) => things.insertOne({ _id: 'a' }, { session })),
      );
      await expect(write).rejects.toMatchObject({ code: 'store_unavailable' });
      held.release();
    },
  );

  it('is closed also while the server says nothing, with a command under way', async () => {
    const { connection, proxy, things } = await world();
    await things.findOne();
    proxy.silence();
    const read = connection.guarded(() => things.findOne()).catch(() => {});
    await read;
    const close = connection.client.close.bind(connection.client);
    let ended = false;
    vi.spyOn(connection.client, 'close').mockImplementation(async () => {
      await close();
      ended = true;
    });
    await connection.close();
    // The driver's own end takes more than a minute.
    expect(ended).toBe(false);
  });

  it('says what is closed', async () => {
    const { connection, things } = await world();
    await connection.close();
    await expect(connection.guarded(() => things.findOne())).rejects.toMatchObject({
      code: 'store_closed',
      message: 'the things are closed',
    });
  });

  it('refuses what is no URL without repeating it', async () => {
    const opened = MongodbConnection.open('mongodb://me:secret@', { closed: '' }, async () => {});
    await expect(opened).rejects.toMatchObject({
      code: 'config_invalid',
      message: 'the MongoDB URL is not valid',
    });
  });
});
