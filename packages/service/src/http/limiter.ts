import { SealtrailError } from '@sealtrail/format';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Counts what one key does in a minute, in the memory of this process. */
export class Limiter {
  readonly #limiter: RateLimiterMemory;
  readonly #message: string;

  constructor(points: number, message: string) {
    this.#limiter = new RateLimiterMemory({ points, duration: 60 });
    this.#message = message;
  }

  /** Counts one more. @throws SealtrailError `request_too_many` with `retry_after`, in seconds */
  async take(key: string): Promise<void> {
    try {
      await this.#limiter.consume(key);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retry_after = Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
      throw new SealtrailError('request_too_many', this.#message, { retry_after });
    }
  }
}
