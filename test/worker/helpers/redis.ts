import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { inject } from 'vitest';

/** A queue prefix of a test's own in the real Redis, and a look at what workers do there. */
export class TestRedis {
  readonly url = inject('redisUrl') as string;
  readonly prefix = `worker-test-${randomUUID().slice(0, 8)}`;
  readonly #redis = new Redis(this.url, { maxRetriesPerRequest: null });
  readonly ticks = new Queue('tick', { connection: this.#redis, prefix: this.prefix });
  readonly anchors = new Queue('anchor', { connection: this.#redis, prefix: this.prefix });
  readonly deliveries = new Queue('deliver', { connection: this.#redis, prefix: this.prefix });

  async forget(): Promise<void> {
    const keys = await this.#redis.keys(`${this.prefix}*`);
    if (keys.length > 0) await this.#redis.del(...keys);
  }

  /** Takes away the tick that waits for its time, as if a worker had died before it scheduled it. */
  async loseNextTick(): Promise<void> {
    await this.#redis.del(`${this.prefix}:tick:delayed`);
  }

  /** Takes away the places of the jobs that wait for a worker, but not the jobs. */
  async losePlaces(): Promise<void> {
    await this.#redis.del(`${this.prefix}:anchor:wait`, `${this.prefix}:anchor:paused`);
  }

  /** Takes away the jobs that wait for a worker, but not their places. */
  async loseJobs(): Promise<void> {
    const ids = await this.#redis.lrange(`${this.prefix}:anchor:wait`, 0, -1);
    await this.#redis.del(...ids.map((id) => `${this.prefix}:anchor:${id}`));
  }

  async close(): Promise<void> {
    await Promise.all([this.ticks.close(), this.anchors.close(), this.deliveries.close()]);
    await this.forget();
    this.#redis.disconnect();
  }
}
