// @ts-check
import { createHash } from 'node:crypto';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

/** Queues whose jobs are repeated until they succeed; a failed tick, seal or checkpoint is made up for by the next. */
const RETRIED = ['anchor', 'deliver'];
const SCHEDULED = ['tick', 'seal', 'publish'];
/** BullMQ gives a job up when two workers died over it. Nobody has to look: the next tick asks for it anew. */
const STALLED = /stalled/;

/** What the workers of one store left in Redis. */
export class Jobs {
  /** Campaigns that share a Redis do not take each other's jobs; one that goes on finds its own. */
  prefix;
  #redis;
  #queues;

  /**
   * @param {string} redis
   * @param {string} location  of the store
   */
  constructor(redis, location) {
    this.prefix = `kill-${createHash('sha256').update(location).digest('hex').slice(0, 12)}`;
    this.#redis = new Redis(redis, { maxRetriesPerRequest: null, retryStrategy: () => 200 });
    // Redis is killed on purpose.
    this.#redis.on('error', () => {});
    this.#queues = [...RETRIED, ...SCHEDULED].map((name) => {
      const queue = new Queue(name, { connection: this.#redis, prefix: this.prefix });
      queue.on('error', () => {});
      return queue;
    });
  }

  /** What stands in the queues that a person would have to see to. */
  async wrong() {
    const problems = [];
    for (const queue of this.#queues) {
      if (RETRIED.includes(queue.name)) {
        const failed = (await queue.getFailed()).filter(({ failedReason }) => !STALLED.test(failedReason));
        for (const { id, failedReason } of failed)
          problems.push(`job ${id} of ${queue.name} waits for a person: ${failedReason}`);
      } else if ((await queue.getJobScheduler(queue.name)) === undefined) {
        problems.push(`nothing asks for the next ${queue.name}`);
      }
    }
    return problems;
  }

  /** What stands in each queue now. */
  async told() {
    const lines = [];
    for (const queue of this.#queues) {
      const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized', 'failed');
      const active = await queue.getActive();
      const since = active.map(({ processedOn }) => Date.now() - (processedOn ?? 0));
      const next = (await queue.getJobScheduler(queue.name))?.next;
      const due = next === undefined ? 'never' : `${next - Date.now()} ms`;
      lines.push(
        `${queue.name}: ${JSON.stringify(counts)}, active for ${since.join(', ')} ms, next in ${due}`,
      );
    }
    return lines;
  }

  /** @param {boolean} forget  whether the jobs go as well */
  async close(forget) {
    if (forget) {
      const keys = await this.#redis.keys(`${this.prefix}:*`);
      if (keys.length > 0) await this.#redis.del(...keys);
    }
    await Promise.all(this.#queues.map((queue) => queue.close()));
    this.#redis.disconnect();
  }
}
