import { Gather } from '../gather.ts';
import { isBusyFailure } from './busy.ts';

/** Commits in one transaction: as many as one turn of the event loop can do without holding up the others for long. */
const MOST = 64;

interface Waiting {
  readonly work: () => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts what is committed at the same moment, of whichever tenants, into one transaction. Nearly all of a commit's time is the wait
 * for the disk, and the disk is asked once for all of them.
 */
export class Together {
  readonly #exclusive: <T>(work: () => T) => Promise<T>;
  // Those who commit in the same turn come in it one after the other (see turnTogether), before anything that was put off to its end.
  readonly #gather = new Gather<Waiting>(
    { most: MOST, atOnce: 1 },
    (group) => this.#commitAll(group),
    process.nextTick,
  );

  /** @param exclusive does work in a transaction, all of it or nothing */
  constructor(exclusive: <T>(work: () => T) => Promise<T>) {
    this.#exclusive = exclusive;
  }

  /**
   * Does work in a transaction; it may be done more than once, the last time counts.
   *
   * @throws what `work` throws, for whoever asked for it alone
   */
  add<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#gather.add({ work, resolve, reject });
    });
  }

  async #commitAll(group: readonly Waiting[]): Promise<void> {
    if (group.length > 1 && (await this.#commitGroup(group))) return;
    for (const one of group) await this.#commitOne(one);
  }

  /** @returns false when one of them failed: nothing was written, and each has to stand for itself */
  async #commitGroup(group: readonly Waiting[]): Promise<boolean> {
    let results: unknown[];
    try {
      results = await this.#exclusive(() => group.map(({ work }) => work()));
    } catch (error) {
      if (!isBusyFailure(error)) return false;
      // Waited for in vain, for all of them: nobody shall wait once more behind the others.
      for (const { reject } of group) reject(error);
      return true;
    }
    for (const [i, { resolve }] of group.entries()) resolve(results[i] as never);
    return true;
  }

  async #commitOne({ work, resolve, reject }: Waiting): Promise<void> {
    try {
      resolve((await this.#exclusive(work)) as never);
    } catch (error) {
      reject(error);
    }
  }
}
