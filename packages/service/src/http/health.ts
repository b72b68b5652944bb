import type { Store } from '@sealtrail/store';

/** A probe waits no longer: what asks whether a service is well gives up soon, and a store that is away takes long to say so. */
const PATIENCE_MS = 2_000;

/** Whether the store answers. However many ask, it is asked once at a time. */
export class Health {
  readonly #store: Store;
  readonly #onFailure: (error: unknown) => void;
  #pending: Promise<boolean> | undefined;

  constructor(store: Store, onFailure: (error: unknown) => void) {
    this.#store = store;
    this.#onFailure = onFailure;
  }

  async check(): Promise<boolean> {
    this.#pending ??= this.#ask().finally(() => {
      this.#pending = undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, false);
    });
    return Promise.race([this.#pending, late]).finally(() => clearTimeout(timer));
  }

  /** Asks for a head that is not there: whether it answers is all that is wanted. */
  async #ask(): Promise<boolean> {
    try {
      await this.#store.head('~health');
      return true;
    } catch (error) {
      this.#onFailure(error);
      return false;
    }
  }
}
