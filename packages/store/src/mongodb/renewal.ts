import { type MongoClient, MongoNotConnectedError, MongoServerSelectionError } from 'mongodb';

/** Between two attempts, in milliseconds: at least what an operation waits for a server. */
const PAUSE_MS = 10_000;

/**
 * Begins a client anew when it finds no server any more.
 *
 * The driver watches a server through one connection. If that is torn down at the wrong moment (after a peer's reset, before the
 * socket says that it is closed), the driver waits on it for ever: no server is found again for as long as the process lives, though
 * the server is back. A client that is closed and connected again watches anew; collections of it stay good.
 */
export class Renewal {
  readonly #client: MongoClient;
  #last = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(client: MongoClient) {
    this.#client = client;
  }

  /** To be called with every failure of an operation. */
  after(error: unknown): void {
    if (!isLost(error) || this.#stopped || this.#running !== undefined) return;
    if (performance.now() - this.#last < PAUSE_MS) return;
    this.#running = this.#renew().finally(() => {
      this.#last = performance.now();
      this.#running = undefined;
    });
  }

  /** No client is connected again behind the back of whoever closes it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #renew(): Promise<void> {
    try {
      await this.#client.close();
      if (!this.#stopped) await this.#client.connect();
    } catch {
      // The server is really away: the next failure tries again.
    }
  }
}

function isLost(error: unknown): boolean {
  if (error instanceof MongoServerSelectionError || error instanceof MongoNotConnectedError) return true;
  return error instanceof Error && error.cause !== undefined && isLost(error.cause);
}
