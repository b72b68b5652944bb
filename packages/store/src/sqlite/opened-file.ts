import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SealtrailError } from '@sealtrail/format';

/**
 * The file that a path led to when it was opened. A backup that is put in its place, or whoever takes it away, leaves everybody who has
 * it open with a file that nobody will ever find again: what is written there is lost with the last of them.
 */
export class OpenedFile {
  readonly #path: string;
  readonly #first: string | undefined;

  constructor(path: string) {
    this.#path = resolve(path);
    this.#first = this.#look();
  }

  /** @throws SealtrailError `store_unavailable` */
  refuseReplaced(): void {
    if (this.#first === undefined || this.#look() === this.#first) return;
    throw new SealtrailError(
      'store_unavailable',
      'the store’s file is not the one any more that was opened: it was replaced or taken away; start again what has it open',
    );
  }

  /** Undefined where there is none. What cannot be looked at is taken for what it was. */
  #look(): string | undefined {
    try {
      const found = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
      return found && `${found.dev} ${found.ino}`;
    } catch {
      return this.#first;
    }
  }
}
