/** A set of positions as ascending runs that do not touch: memory is one pair for each run. */
export class Runs {
  // Flat: from, to, from, to, ...
  readonly #bounds: number[] = [];

  get isEmpty(): boolean {
    return this.#bounds.length === 0;
  }

  /** Adds a position that is not below any that is there. */
  push(position: number): void {
    const last = this.#bounds.length - 1;
    if (last > 0 && (this.#bounds[last] as number) >= position - 1) this.#bounds[last] = position;
    else this.#bounds.push(position, position);
  }

  /**
   * Takes a run out.
   *
   * @returns how many of its positions were in the set
   */
  take(from: number, to: number): number {
    let taken = 0;
    let i = this.#firstEndingAt(from);
    while (i < this.#bounds.length && (this.#bounds[i] as number) <= to) {
      const start = this.#bounds[i] as number;
      const end = this.#bounds[i + 1] as number;
      const left = start < from ? [start, from - 1] : [];
      const right = end > to ? [to + 1, end] : [];
      taken += Math.min(end, to) - Math.max(start, from) + 1;
      this.#bounds.splice(i, 2, ...left, ...right);
      i += left.length;
      if (right.length > 0) break;
    }
    return taken;
  }

  /** The runs, each with both its ends. */
  *[Symbol.iterator](): Generator<readonly [from: number, to: number]> {
    for (let i = 0; i < this.#bounds.length; i += 2) {
      yield [this.#bounds[i] as number, this.#bounds[i + 1] as number];
    }
  }

  /** Index of the first run that ends at a position or after it. */
  #firstEndingAt(position: number): number {
    let low = 0;
    let high = this.#bounds.length / 2;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#bounds[2 * middle + 1] as number) < position) low = middle + 1;
      else high = middle;
    }
    return low * 2;
  }
}
