import type { PgConnection } from './connection.ts';

/**
 * Connections to PostgreSQL. Plain statements share up to `size` of them; a transaction or an open result takes
 * one of its own from `pinned` further ones, so that held connections cannot starve the statements they wait for.
 */
export class Pool {
  readonly #open: () => Promise<PgConnection>;
  readonly #shared: Slots;
  readonly #pinned: Slots;
  #idle: PgConnection[] = [];

  constructor(open: () => Promise<PgConnection>, sizes: { shared: number; pinned: number }) {
    this.#open = open;
    this.#shared = new Slots(sizes.shared);
    this.#pinned = new Slots(sizes.pinned);
  }

  /** Runs `work` on a connection that nobody else uses meanwhile. */
  async use<T>(work: (connection: PgConnection) => Promise<T>): Promise<T> {
    const lease = await this.#lease(this.#shared);
    try {
      return await work(lease.connection);
    } finally {
      lease.release();
    }
  }

  /** A connection to hold over several commands. */
  pin(): Promise<Lease> {
    return this.#lease(this.#pinned);
  }

  /** Opens connections ahead of their use: a new one costs PostgreSQL a process. */
  async warm(count: number): Promise<void> {
    const leases = await Promise.all(Array.from({ length: count }, () => this.#lease(this.#shared)));
    for (const lease of leases) lease.release();
  }

  async #lease(slots: Slots): Promise<Lease> {
    await slots.take();
    try {
      const connection = this.#takeIdle() ?? (await this.#open());
      let held = true;
      return {
        connection,
        release: () => {
          if (!held) return;
          held = false;
          if (connection.usable) this.#idle.push(connection);
          slots.give();
        },
        discard: () => {
          if (!held) return;
          held = false;
          connection.close();
          slots.give();
        },
      };
    } catch (error) {
      slots.give();
      throw error;
    }
  }

  #takeIdle(): PgConnection | undefined {
    // The one used last has the warmest caches.
    for (let next = this.#idle.pop(); next !== undefined; next = this.#idle.pop()) {
      if (next.usable) return next;
    }
    return undefined;
  }
}

export interface Lease {
  readonly connection: PgConnection;
  /** Gives it back for others: it must be outside a transaction. */
  release(): void;
  /** Closes it: whatever was under way on it is rolled back. */
  discard(): void;
}

class Slots {
  #free: number;
  #queue: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  give(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#free++;
  }
}
