export interface GatherLimits {
  /** How many are done together at the most. */
  readonly most: number;
  /** How many groups may be under way. */
  readonly atOnce: number;
}

/**
 * Collects what is asked for in one turn of the event loop, or while as many groups are under way as may be, and has it done
 * together: the busier a store is, the more it does in one round trip or one transaction, and what comes alone waits for nobody.
 */
export class Gather<T> {
  readonly #limits: GatherLimits;
  readonly #run: (group: readonly T[]) => Promise<void>;
  readonly #soon: (callback: () => void) => void;
  #waiting: T[] = [];
  #underWay = 0;
  #woken = false;

  /**
   * @param run does a group; it tells those who asked what became of it, and never fails itself
   * @param soon calls back when those of this turn have come along
   */
  constructor(
    limits: GatherLimits,
    run: (group: readonly T[]) => Promise<void>,
    soon: (callback: () => void) => void = setImmediate,
  ) {
    this.#limits = limits;
    this.#run = run;
    this.#soon = soon;
  }

  add(item: T): void {
    this.#waiting.push(item);
    this.#wake();
  }

  #wake(): void {
    if (this.#woken || this.#waiting.length === 0 || this.#underWay >= this.#limits.atOnce) return;
    this.#woken = true;
    this.#soon(() => {
      this.#woken = false;
      this.#begin();
    });
  }

  #begin(): void {
    const group = this.#waiting.splice(0, this.#limits.most);
    this.#underWay++;
    void this.#run(group).finally(() => {
      this.#underWay--;
      this.#wake();
    });
    this.#wake();
  }
}
