import type { Store } from '../port.ts';

/** Some megabytes of names. */
const MOST = 100_000;

/** Registers tenants, and does not ask again about those that it knows: nobody is ever taken out of the registry. */
export class Registry {
  readonly #store: Pick<Store, 'register'>;
  readonly #known = new Set<string>();

  constructor(store: Pick<Store, 'register'>) {
    this.#store = store;
  }

  async register(tenant: string): Promise<void> {
    if (this.#known.has(tenant)) return;
    await this.#store.register(tenant);
    // Asking once more does no harm.
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.add(tenant);
  }
}
