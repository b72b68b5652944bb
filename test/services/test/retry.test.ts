import { connect, createServer, type Server, type Socket } from 'node:net';
import { MongoClient } from 'mongodb';
import { expect } from 'vitest';
import { type Doc, useMongo, withMongo } from './support/mongodb.ts';

const mongo = useMongo('retry');

/** Stands between client and server; when told to, lets the next request through and cuts off its answer. */
async function cuttingProxy(target: string): Promise<{ server: Server; port: number; cutNext: () => void }> {
  const { hostname, port } = new URL(target.replace('mongodb:', 'http:'));
  let armed = false;
  const server = createServer((client: Socket) => {
    const upstream = connect(Number(port), hostname);
    let cut = false;
    client.on('data', (chunk) => {
      // Only a write is worth it: heartbeats come by themselves.
      if (armed && chunk.includes('txnNumber')) [armed, cut] = [false, true];
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (cut) client.destroy();
      else client.write(chunk);
    });
    for (const socket of [client, upstream]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    port: (server.address() as { port: number }).port,
    cutNext: () => {
      armed = true;
    },
  };
}

withMongo('a write whose answer was lost is repeated by the driver and done once', async () => {
  const proxy = await cuttingProxy(mongo.url());
  const client = new MongoClient(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true`);
  try {
    const docs = client.db(mongo.db).collection<Doc>('retry');
    await docs.insertOne({ _id: 1, n: 0 });
    for (let round = 1; round <= 2; round++) {
      proxy.cutNext();
      expect((await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } })).modifiedCount).toBe(1);
      proxy.cutNext();
      const found = await docs.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { returnDocument: 'after' });
      expect(found?.['n']).toBe(round * 2);
      proxy.cutNext();
      expect((await docs.insertMany([{ _id: `${round} a` }, { _id: `${round} b` }])).insertedCount).toBe(2);
    }
    expect(await docs.countDocuments()).toBe(5);
  } finally {
    await client.close();
    proxy.server.close();
  }
});
