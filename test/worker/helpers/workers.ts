import { type AnchoringWorker, createWorker, type Started, type WorkerConfig } from '@sealtrail/worker';
import { Recorder } from './recorder.ts';
import type { TestRedis } from './redis.ts';
import type { TestStore } from './stores.ts';

type Options = NonNullable<Parameters<typeof createWorker>[1]>;

/** The workers of a test, on its store and its part of Redis: quick ones, which do no more than they are asked to. */
export class TestWorkers {
  readonly #config: WorkerConfig;
  readonly #workers: AnchoringWorker[] = [];

  /** @param config what all of them have in common */
  constructor(test: TestStore, redis: TestRedis, config: Partial<WorkerConfig> = {}) {
    this.#config = {
      store: test.location,
      redisUrl: redis.url,
      queuePrefix: redis.prefix,
      tickMs: 200,
      sealMs: 0,
      sweepMs: 0,
      maxDelayMs: 0,
      httpPort: 0,
      ...config,
    };
  }

  create(config: Partial<WorkerConfig> = {}, options: Options = {}): AnchoringWorker {
    const worker = createWorker({ ...this.#config, ...config }, { logger: new Recorder(), ...options });
    this.#workers.push(worker);
    return worker;
  }

  async start(
    config: Partial<WorkerConfig> = {},
    options: Options = {},
  ): Promise<Started & { readonly worker: AnchoringWorker }> {
    const worker = this.create(config, options);
    return { worker, ...(await worker.start()) };
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.close()));
  }
}
