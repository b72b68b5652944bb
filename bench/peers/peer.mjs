// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {any} Draft  what bench/src/data.ts gives everybody
 *
 * @typedef {object} Form  one way of using a package
 * @property {string} name
 * @property {boolean} durable  on the disk when it is acknowledged
 * @property {number} [callers]  appends that wait at the same time; default 1
 *
 * @typedef {object} Peer
 * @property {string} id
 * @property {string} short
 * @property {string} name  with its version
 * @property {readonly Form[]} forms
 * @property {string} what  what it is, and how it was used here
 * @property {string} unchecked  what its own check does not look at
 * @property {{ readonly append: string, readonly verify: string }} ahead  why it is faster where it is
 * @property {(folder: string, drafts: readonly Draft[], form: Form) => Promise<unknown>} append  gives what may be noted elsewhere
 * @property {(folder: string) => Promise<boolean>} verify  true when it calls what is stored good
 * @property {(folder: string, noted: any) => Promise<boolean>} [verifyNoted]  the same, where its check takes what was noted
 * @property {(folder: string) => Promise<number>} count
 * @property {Readonly<Record<Change, ((folder: string) => unknown) | undefined>>} changes  undefined: there is nothing of the kind
 *
 * @typedef {keyof typeof CHANGES} Change
 */

/** What is done to twenty stored entries behind a package's back. */
export const CHANGES = {
  edit: 'a value edited',
  delete: 'an entry deleted in the middle',
  reorder: 'two entries exchanged',
  insert: 'a copy of an entry inserted',
  junk: 'something inserted that is no entry',
  metadata: 'something edited that is stored beside the hash',
  truncate: 'the last three entries cut off',
  truncateAll: 'the same, bookkeeping set back too',
  empty: 'all entries deleted',
  rewrite: 'all edited and hashed anew, with the keys the writer has',
};

/** Entries of a draft are changed here: the same number of bytes, another meaning. */
export const EDITED = /** @type {const} */ (['update_contact', 'delete_contact']);

/** @param {string} name @returns {string} */
export function named(name) {
  const url = new URL(`./node_modules/${name}/package.json`, import.meta.url);
  return `${name} ${JSON.parse(readFileSync(url, 'utf8')).version}`;
}

/** Changes of a log that is a file of lines. @param {string} file */
export function lineChanges(file) {
  /** @param {(rows: string[]) => string[]} how @returns {(folder: string) => void} */
  const change = (how) => (folder) => writeLines(join(folder, file), how(readLines(join(folder, file))));
  const cut = change((rows) => rows.slice(0, -3));
  return {
    edit: change((rows) => rows.with(5, rows[5].replace(...EDITED))),
    delete: change((rows) => rows.toSpliced(5, 1)),
    reorder: change((rows) => rows.with(5, rows[6]).with(6, rows[5])),
    insert: change((rows) => rows.toSpliced(6, 0, rows[5])),
    junk: change((rows) => rows.toSpliced(6, 0, 'approved by somebody else')),
    truncate: cut,
    truncateAll: cut,
    empty: change(() => []),
  };
}

/** @param {string} path @returns {string[]} */
export function readLines(path) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/** @param {string} path @param {readonly string[]} lines */
export function writeLines(path, lines) {
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
}
