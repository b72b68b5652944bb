const KEPT = 100;

/** Tells what was said lately, so that what happens many times a second is not logged as often. */
export class Seldom {
  readonly #said = new Map<string, number>();
  readonly #everyMs: number;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Whether this is to be said now: the first time, and again when so much time went by. */
  due(what: string): boolean {
    const now = performance.now();
    const last = this.#said.get(what);
    if (last !== undefined && now - last < this.#everyMs) return false;
    this.#said.delete(what);
    this.#said.set(what, now);
    const [oldest] = this.#said.keys();
    if (this.#said.size > KEPT) this.#said.delete(oldest as string);
    return true;
  }
}
