import type { Store } from '@sealtrail/store';
import type { Redis } from 'ioredis';
import { within } from '../within.ts';
import type { TickMemory } from './last-tick.ts';

export interface Readiness {
  readonly ready: boolean;
  readonly redis: 'up' | 'down';
  readonly store: 'up' | 'down';
  /** Seconds since the last tick of any worker; null when none is known of. */
  readonly last_tick_age_seconds: number | null;
  /** True when three intervals passed without a tick: of the schedule that is in place, whichever worker chose it. */
  readonly tick_late: boolean;
}

const PATIENCE_MS = 2_000;
// Not a tenant: a head that is looked for and not there says that the store answers.
const NOBODY = '~readiness';

/** Looks whether the worker can do its work now. */
export class ReadinessCheck {
  readonly #store: Store;
  readonly #redis: Redis;
  readonly #ticks: TickMemory;
  readonly #tickMs: number;
  readonly #since = performance.now();
  #pending: Promise<Readiness> | undefined;

  constructor(parts: { store: Store; redis: Redis; ticks: TickMemory; tickMs: number }) {
    this.#store = parts.store;
    this.#redis = parts.redis;
    this.#ticks = parts.ticks;
    this.#tickMs = parts.tickMs;
  }

  /** However many ask, there is one check at a time. */
  check(): Promise<Readiness> {
    this.#pending ??= this.#check().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #check(): Promise<Readiness> {
    const [redis, store, last] = await Promise.all([
      // Without this the command would wait in a queue until Redis is back.
      this.#redis.status === 'ready' && within(PATIENCE_MS, this.#redis.ping()),
      within(PATIENCE_MS, this.#store.head(NOBODY)),
      this.#ticks.last(),
    ]);
    const now = Date.now();
    // One of the future tells nothing either: the clock was put back since.
    const age = last === undefined ? performance.now() - this.#since : Math.abs(now - last.endedAt);
    const late = age > 3 * (last?.everyMs ?? this.#tickMs);
    return {
      ready: redis && store && !late,
      redis: redis ? 'up' : 'down',
      store: store ? 'up' : 'down',
      last_tick_age_seconds: last === undefined ? null : Math.max(0, now - last.endedAt) / 1_000,
      tick_late: late,
    };
  }
}
