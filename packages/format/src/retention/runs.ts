/** Numbers in a part, two for each run: to take a run out moves what stands behind it in its part, and no more. */
const MOST = 1_024;

/** A set of positions as ascending runs that do not touch: memory is one pair for each run. */
export class Runs {
  // Parts of a flat list: from, to, from, to, ... None is empty.
  readonly #parts: number[][] = [];

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /** Adds a position that is not below any that is there, or a run of them. */
  push(from: number, to = from): void {
    const part = this.#parts.at(-1);
    const last = part?.at(-1);
    if (part !== undefined && last !== undefined && last >= from - 1) part[part.length - 1] = to;
    else if (part !== undefined && part.length < MOST) part.push(from, to);
    else this.#parts.push([from, to]);
  }

  /**
   * Takes a run out.
   *
   * @returns how many of its positions were in the set
   */
  take(from: number, to: number): number {
    let taken = 0;
    let next = firstEndingAt(this.#parts.length, from, (i) => this.#parts[i]?.at(-1) as number);
    for (let part = this.#parts[next]; part !== undefined; part = this.#parts[next]) {
      if ((part[0] as number) > to) break;
      taken += takeFrom(part, from, to);
      const half = MOST / 2;
      const left = part.length > MOST ? [part.slice(0, half), part.slice(half)] : [part];
      const kept = part.length === 0 ? [] : left;
      this.#parts.splice(next, 1, ...kept);
      next += kept.length;
    }
    return taken;
  }

  /** The runs, each with both its ends. */
  *[Symbol.iterator](): Generator<readonly [from: number, to: number]> {
    for (const part of this.#parts) {
      for (let i = 0; i < part.length; i += 2) yield [part[i] as number, part[i + 1] as number];
    }
  }
}

/** Takes a run out of one part. @returns how many of its positions were there */
function takeFrom(part: number[], from: number, to: number): number {
  let taken = 0;
  let i = 2 * firstEndingAt(part.length / 2, from, (run) => part[2 * run + 1] as number);
  while (i < part.length && (part[i] as number) <= to) {
    const start = part[i] as number;
    const end = part[i + 1] as number;
    const left = start < from ? [start, from - 1] : [];
    const right = end > to ? [to + 1, end] : [];
    taken += Math.min(end, to) - Math.max(start, from) + 1;
    part.splice(i, 2, ...left, ...right);
    i += left.length;
    if (right.length > 0) break;
  }
  return taken;
}

/** The first of so many that ends at a position or after it; their number if none does. */
function firstEndingAt(count: number, position: number, endOf: (index: number) => number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (endOf(middle) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
