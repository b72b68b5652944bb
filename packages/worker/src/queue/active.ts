/** Knows what is being worked on, so that shutting down can wait for it, whether or not Redis answers. */
export class Active {
  readonly #running = new Set<Promise<unknown>>();

  run<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
    return tracked;
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}
