import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../observe/logger.ts';

const LONGEST_WAIT_MS = 5_000;

/**
 * The worker's connection to Redis. BullMQ makes copies of it for commands that block; all of them are remembered, because
 * BullMQ cannot close one that is without a server at that moment.
 */
export class Connection extends Redis {
  readonly #copies: Redis[] = [];

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const copy = super.duplicate(override);
    this.#copies.push(copy);
    return copy;
  }

  /**
   * Without the database that was asked for there is no connection: ioredis would say an error, and go on in database 0, where
   * the queues of another store may be.
   */
  override select(database: number | string): Promise<'OK'> {
    const selected = super.select(database);
    selected.catch(() => this.disconnect(true));
    return selected;
  }

  /** Ends all of them, and with an error whatever still waits for an answer. */
  disconnectAll(): void {
    for (const one of [this, ...this.#copies]) {
      const waiting = one.status === 'reconnecting';
      one.disconnect();
      // A disconnect between two attempts only forgets the next one: what waits for an answer or for the end would wait for
      // ever. One more attempt ends it properly, whether it succeeds or fails.
      if (waiting) one.connect().then(() => one.disconnect(), ignore);
    }
  }
}

function ignore(): void {}

/** Connects, and connects again whenever Redis went away. Logs only what changes, not every attempt. */
export function connect(url: string, logger: Logger): Connection {
  const connection = new Connection(url, {
    // As BullMQ asks: commands wait until Redis is back.
    maxRetriesPerRequest: null,
    connectTimeout: LONGEST_WAIT_MS,
    retryStrategy: (times) =>
      Math.min(50 * 2 ** Math.min(times, 10), LONGEST_WAIT_MS) * (0.5 + Math.random() / 2),
  });
  let reported: string | undefined;
  connection.on('error', (error: Error) => {
    if (reported === error.message) return;
    reported = error.message;
    logger.warn(
      { reason: error.message },
      'Redis cannot be reached; anchoring waits for it, appending does not',
    );
  });
  connection.on('ready', () => {
    reported = undefined;
    logger.info({}, 'Redis reached');
  });
  return connection;
}
