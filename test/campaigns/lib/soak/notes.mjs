// @ts-check
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The windows of a soak, in its folder, as they are closed: the same command takes an interrupted soak up again. A line that was cut
 * off is a window that was not closed.
 */
export class Notes {
  #file;
  #share;
  /** Windows of the runs before this one. @type {import('./windows.mjs').Window[]} */
  before = [];

  /**
   * @param {string | undefined} folder  without one, nothing is noted
   * @param {Readonly<Record<string, unknown>>} share  what may not change between two runs in one folder
   */
  constructor(folder, share) {
    this.#share = share;
    if (folder === undefined) return;
    this.#file = join(folder, 'soak.jsonl');
    if (!existsSync(this.#file)) {
      this.#append(share);
      return;
    }
    const text = readFileSync(this.#file, 'utf8');
    const whole = text.lastIndexOf('\n') + 1;
    truncateSync(this.#file, Buffer.byteLength(text.slice(0, whole)));
    const [noted, ...windows] = text
      .slice(0, whole)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    for (const [name, value] of Object.entries(this.#share))
      if (noted?.[name] !== value) throw new Error(`this folder was begun with --${name} ${noted?.[name]}`);
    this.before = windows;
  }

  /** The number of this run in the folder. */
  get run() {
    return (this.before.at(-1)?.run ?? -1) + 1;
  }

  /** @param {import('./windows.mjs').Window} window */
  add(window) {
    this.#append(window);
  }

  /** @param {unknown} line */
  #append(line) {
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}
