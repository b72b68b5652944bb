import type { Spooled } from './line.ts';

/** Of whom something waits in which file. */
export class Marks {
  readonly #files = new Map<string, string[]>();
  readonly #counts = new Map<string, number>();

  names(): string[] {
    return [...this.#files.keys()];
  }

  holds(name: string): boolean {
    return this.#files.has(name);
  }

  hold(name: string): void {
    if (!this.#files.has(name)) this.#files.set(name, []);
  }

  add(name: string, { tenant, draft }: Spooled): void {
    const proposal = draft.data?.['proposal'];
    const keys = typeof proposal === 'string' ? [tenant, `${tenant} ${proposal}`] : [tenant];
    this.#files.get(name)?.push(...keys);
    for (const key of keys) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  drop(name: string): void {
    for (const key of this.#files.get(name) ?? []) {
      const count = (this.#counts.get(key) ?? 0) - 1;
      if (count > 0) this.#counts.set(key, count);
      else this.#counts.delete(key);
    }
    this.#files.delete(name);
  }

  waits(tenant: string, proposal?: string): boolean {
    return this.#counts.has(proposal === undefined ? tenant : `${tenant} ${proposal}`);
  }
}
