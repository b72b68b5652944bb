import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';

/** Fails unless a MongoDB that can be written to answers within the time. */
export async function mongodbReady(url: string, withinMs: number): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: withinMs, connectTimeoutMS: withinMs });
  try {
    await client.db('admin').command({ ping: 1 });
  } finally {
    await client.close();
  }
}

/** Fails unless a Redis answers within the time. */
export async function redisReady(url: string, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: withinMs,
    maxRetriesPerRequest: null,
    retryStrategy: () => (Date.now() < deadline ? 50 : null),
  });
  let last: Error | undefined;
  client.on('error', (error) => {
    last = error;
  });
  const timer = setTimeout(() => client.disconnect(), withinMs);
  try {
    await client.ping();
  } catch (error) {
    throw last ?? error;
  } finally {
    clearTimeout(timer);
    client.disconnect();
  }
}
