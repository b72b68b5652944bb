/** Each bucket ends 5 % above the one before; a value is known to half of that. */
const GROWTH = 1.05;
/** How far a quantile can be off, as a share of it; besides, times below a millisecond are one. */
export const PRECISION = 0.025;

/** Durations in buckets whose width grows with the value: its memory does not depend on how many there are. */
export class Histogram {
  readonly #buckets: number[] = [];
  #count = 0;

  /** @param ms a duration, 0 or more */
  add(ms: number): void {
    const bucket = Math.round(Math.log(Math.max(1, ms)) / Math.log(GROWTH));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count++;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * The smallest duration that at least a share of all durations do not exceed.
   *
   * @param share 0 to 1
   * @returns milliseconds; null when there are none
   */
  quantile(share: number): number | null {
    let left = Math.max(1, Math.ceil(share * this.#count));
    // A sparse array is walked in the order of its buckets, and without the empty ones.
    for (const bucket of Object.keys(this.#buckets)) {
      left -= this.#buckets[Number(bucket)] ?? 0;
      if (left <= 0) return Math.round(GROWTH ** Number(bucket));
    }
    return null;
  }
}
