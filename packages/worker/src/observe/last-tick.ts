import { within } from '../within.ts';

/** The last tick that was done, by whichever worker. */
export interface LastTick {
  /** Unix milliseconds. */
  readonly endedAt: number;
  readonly tenants: number;
  readonly entries: number;
  /** The interval of the schedule that it came from, which another worker may have chosen. */
  readonly everyMs?: number | undefined;
}

/**
 * Remembers the last tick known of. What Redis says about the others' ticks is looked up on demand, by one look-up however
 * many ask, and never waited for longer than a moment: health must be told while Redis is down.
 */
export class TickMemory {
  readonly #lookUp: () => Promise<LastTick | undefined>;
  #known: LastTick | undefined;
  #pending: Promise<void> | undefined;

  constructor(lookUp: () => Promise<LastTick | undefined>) {
    this.#lookUp = lookUp;
  }

  async last(): Promise<LastTick | undefined> {
    this.#pending ??= this.#refresh().finally(() => {
      this.#pending = undefined;
    });
    await within(1_000, this.#pending);
    return this.#known;
  }

  async #refresh(): Promise<void> {
    const tick = await this.#lookUp();
    if (tick === undefined) return;
    const known = this.#known;
    // Redis that came back empty does not make what was known untrue. A clock that was put back does.
    if (known === undefined || tick.endedAt >= known.endedAt || known.endedAt > Date.now())
      this.#known = tick;
  }
}
