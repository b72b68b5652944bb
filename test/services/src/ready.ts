import { setTimeout as sleep } from 'node:timers/promises';
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
  for (;;) {
    const client = new Redis(url, { lazyConnect: true, connectTimeout: withinMs, retryStrategy: () => null });
    let trouble: Error | undefined;
    client.on('error', (error: Error) => {
      trouble = error;
    });
    try {
      await client.connect();
      await client.ping();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw trouble ?? error;
      await sleep(50);
    } finally {
      client.disconnect();
    }
  }
}
