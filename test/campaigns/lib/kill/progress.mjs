// @ts-check
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a campaign knows at the end of a round, beside what the writers noted themselves.
 *
 * @typedef {object} State
 * @property {number} done  rounds
 * @property {number} kills
 * @property {Record<string, number>} struck
 * @property {{ readonly origin: string, readonly size: number, readonly root: string } | undefined} [checkpoint]  of the published log
 */

/** The progress of a campaign, in its folder: the same command takes an interrupted one up again. */
export class Progress {
  #file;
  #share;

  /**
   * @param {string} folder
   * @param {Readonly<Record<string, unknown>>} share  what may not change between two runs in one folder
   */
  constructor(folder, share) {
    this.#file = join(folder, 'campaign.json');
    this.#share = share;
  }

  /** @returns {State} */
  read() {
    if (!existsSync(this.#file)) return { done: 0, kills: 0, struck: {} };
    const { share, ...state } = JSON.parse(readFileSync(this.#file, 'utf8'));
    for (const [name, value] of Object.entries(this.#share))
      if (share[name] !== value) throw new Error(`this folder was begun with --${name} ${share[name]}`);
    return state;
  }

  /** @param {State} state */
  write(state) {
    // Whole or not at all: a campaign that is interrupted here repeats its last round.
    writeFileSync(`${this.#file}.new`, JSON.stringify({ share: this.#share, ...state }));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
