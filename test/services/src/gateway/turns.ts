/** Lets work of the same key run one after another. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` when it is its turn for all of the keys. */
  async take<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    // Always in the same order: two that want the same keys cannot wait for each other.
    const [first, ...rest] = [...new Set(keys)].sort();
    if (first === undefined) return work();
    return this.#one(first, () => this.take(rest, work));
  }

  async #one<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    let done = (): void => {};
    const turn = new Promise<void>((resolve) => {
      done = resolve;
    });
    this.#last.set(key, turn);
    try {
      await before;
      return await work();
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
      done();
    }
  }
}
