import { setTimeout as sleep } from 'node:timers/promises';
import { SEALS_TENANT, SealtrailError } from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import type { Redis } from 'ioredis';
import type { AnchoringEvents } from '../anchoring/events.ts';
import { Seldom } from '../observe/seldom.ts';
import { valueWithin } from '../within.ts';

/** How long the claim of workers that are gone keeps others away at most. */
const LONGEST_MS = 30_000;
/** How long Redis and the store are waited for; without them nothing is known, and the work goes on. */
const PATIENCE_MS = 5_000;
/** Whoever is told is told again as often. */
const AGAIN_MS = 60_000;
/** What renewals may be late by. */
const SLACK_MS = 500;

export interface ClaimParts {
  readonly store: Pick<Store, 'register' | 'readAt'>;
  readonly redis: Redis;
  readonly prefix: string;
  /** How long the jobs of a worker that died stay its own. */
  readonly takeoverMs: number;
  /** Whether this worker seals: then the log of the seals is made if it is not there. */
  readonly seals: boolean;
  readonly events: Pick<AnchoringEvents, 'onAlert'>;
}

/**
 * Says in Redis whose prefix it is, for as long as somebody is there who works with it: workers of two stores would take each other's
 * jobs. What a store is told by is the first entry of the log of its seals, which stays what it is wherever the store is moved to, copied
 * to or restored from. A store that was never sealed cannot be told, and one that is a copy of the other cannot be told from it.
 */
export class Claim {
  readonly #parts: ClaimParts;
  readonly #key: string;
  readonly #lastsMs: number;
  readonly #told = new Seldom(AGAIN_MS);
  #known: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
    this.#key = `${parts.prefix}:store`;
    this.#lastsMs = Math.min(parts.takeoverMs, LONGEST_MS);
  }

  /**
   * Before the work begins. A claim of another store is waited for until it would be over: it may be of one that was here before.
   *
   * @throws SealtrailError `config_invalid` when somebody renews it; the reason of the signal
   */
  async take(signal: AbortSignal): Promise<void> {
    const left = await valueWithin(
      PATIENCE_MS,
      this.#reached().then(() => this.#blocked()),
    );
    if (left !== undefined && left > 0) {
      await sleep(left + SLACK_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
      if (((await valueWithin(PATIENCE_MS, this.#blocked())) ?? 0) > 0) throw this.#refusal();
    }
    // Redis that comes back may have been somebody else's meanwhile, and may not have been there at all.
    this.#parts.redis.on('ready', () => this.#renew());
    this.#timer = setInterval(() => this.#renew(), this.#lastsMs / 3);
  }

  /** The claim itself stays until it is over: others may work for this store. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #renew(): void {
    if (this.#timer === undefined || this.#parts.redis.status !== 'ready') return;
    this.#renewing ??= this.#blocked()
      .then((left) => {
        if (left === 0 || !this.#told.due('')) return;
        const { message, detail } = this.#refusal();
        this.#parts.events.onAlert({ code: 'prefix_shared', tenant: null, message, detail });
      })
      // Whatever Redis refuses, the queues tell.
      .catch(() => {})
      .finally(() => {
        this.#renewing = undefined;
      });
  }

  /** Claims the prefix, and says for how many milliseconds another store has it; 0 when it is ours, or nobody knows. */
  async #blocked(): Promise<number> {
    const { redis } = this.#parts;
    this.#known = (await valueWithin(PATIENCE_MS, this.#identity())) ?? this.#known;
    if (this.#known === undefined) return 0;
    for (;;) {
      if ((await redis.set(this.#key, this.#known, 'PX', this.#lastsMs, 'NX')) !== null) return 0;
      const found = await redis.get(this.#key);
      if (found === this.#known) {
        await redis.pexpire(this.#key, this.#lastsMs);
        return 0;
      }
      const left = await redis.pttl(this.#key);
      // Otherwise it was over in between. One that somebody made by hand has no end.
      if (found !== null && left !== -2) return Math.max(left, 1);
    }
  }

  async #identity(): Promise<string | undefined> {
    const { store, seals } = this.#parts;
    if (seals) await store.register(SEALS_TENANT);
    return (await store.readAt(SEALS_TENANT, [0]))[0]?.hash;
  }

  async #reached(): Promise<void> {
    const { redis } = this.#parts;
    if (redis.status === 'ready') return;
    await new Promise<void>((resolve, reject) => {
      redis.once('ready', resolve).once('error', reject);
    });
  }

  #refusal(): SealtrailError {
    const { prefix } = this.#parts;
    const message = `workers of another store use the prefix ${prefix} in this Redis, and each would take the jobs of the other: give the workers of one store another SEALTRAIL_QUEUE_PREFIX (queuePrefix)`;
    return new SealtrailError('config_invalid', message, { prefix });
  }
}
