// @ts-check
import { existsSync, readFileSync } from 'node:fs';

// Acknowledgements as a writer notes them: one line for each, TENANT ID SEQ HASH.

const LINE = /^(\S+) (\S+) (\d+) ([0-9a-f]{64})$/;

/**
 * @typedef {object} Acknowledged
 * @property {string} tenant
 * @property {string} id
 * @property {number} seq
 * @property {string} hash
 */

/**
 * Everything that a writer noted. A line that a kill cut short is left out: its entry counts as not acknowledged.
 *
 * @param {string} file
 * @returns {Acknowledged[]}
 */
export function readAcks(file) {
  if (!existsSync(file)) return [];
  const found = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, tenant, id, seq, hash] = LINE.exec(line) ?? [];
    if (tenant === undefined || id === undefined || hash === undefined) continue;
    found.push({ tenant, id, seq: Number(seq), hash });
  }
  return found;
}

/**
 * @param {Acknowledged} one
 * @returns {string}
 */
export function ackLine({ tenant, id, seq, hash }) {
  return `${tenant} ${id} ${seq} ${hash}\n`;
}
