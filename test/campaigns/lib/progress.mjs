// @ts-check
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from './options.mjs';

/**
 * The progress of a campaign, in its folder: the same command takes an interrupted one up again.
 *
 * @template {object} S
 */
export class Progress {
  #file;
  #share;
  #begin;

  /**
   * @param {string} folder
   * @param {Readonly<Record<string, unknown>>} share  what may not change between two runs in one folder
   * @param {S} begin  what is known before the first round
   */
  constructor(folder, share, begin) {
    this.#file = join(folder, 'campaign.json');
    this.#share = share;
    this.#begin = begin;
  }

  /** @returns {S} */
  read() {
    if (!existsSync(this.#file)) return this.#begin;
    const { share, ...state } = JSON.parse(readFileSync(this.#file, 'utf8'));
    for (const [name, value] of Object.entries(this.#share))
      if (share[name] !== value) refuse(`this folder was begun with --${name} ${share[name]}`);
    return state;
  }

  /** @param {S} state */
  write(state) {
    // Whole or not at all: a campaign that is interrupted here repeats its last round.
    writeFileSync(`${this.#file}.new`, JSON.stringify({ share: this.#share, ...state }));
    renameSync(`${this.#file}.new`, this.#file);
  }
}
