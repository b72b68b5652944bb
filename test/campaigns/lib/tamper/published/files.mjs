// @ts-check
import { pick } from '../singles.mjs';

// Changes of the files that are published, by somebody without a key, and what has to be named: the file, and the first leaf that is
// concerned (SPEC 14.2). Worked out from the bytes and the path.

const HASH_BYTES = 32;
const WIDTH = 256;

/**
 * @typedef {object} FileCase
 * @property {string} path
 * @property {string} how
 * @property {Buffer | undefined} bytes undefined: the file is gone
 */

/** @typedef {{ readonly path: string | null, readonly positions: readonly (number | null)[] }} Where */

/**
 * @param {import('./operator.mjs').Shown} shown
 * @param {() => number} random
 * @returns {FileCase | undefined} nothing, when what was drawn changes nothing
 */
export function fileCase({ files }, random) {
  const path = pick(
    [...files.keys()].filter((name) => name !== 'checkpoint'),
    random,
  );
  const before = /** @type {Buffer} */ (files.get(path));
  const { how, bytes } = changed(files, path, before, random);
  return bytes?.equals(before) ? undefined : { path, how, bytes };
}

/** @type {(files: ReadonlyMap<string, Buffer>, path: string, before: Buffer, random: () => number) => { how: string, bytes: Buffer | undefined }} */
function changed(files, path, before, random) {
  const at = Math.floor(random() * before.length);
  switch (Math.floor(random() * 9)) {
    case 0:
      return { how: 'deleted', bytes: undefined };
    case 1:
      return { how: 'cut', bytes: before.subarray(0, at) };
    case 2: {
      const more = Array.from({ length: 1 + Math.floor(random() * 64) }, () => Math.floor(random() * 256));
      return { how: 'longer', bytes: Buffer.concat([before, Buffer.from(more)]) };
    }
    case 3:
      return { how: "another file's", bytes: files.get(pick([...files.keys()], random)) };
    case 4: {
      const parts = partsOf(path, before);
      const [a, b] = [Math.floor(random() * parts.length), Math.floor(random() * parts.length)];
      const exchanged = parts
        .with(a, /** @type {Buffer} */ (parts[b]))
        .with(b, /** @type {Buffer} */ (parts[a]));
      return { how: 'two exchanged', bytes: Buffer.concat(exchanged) };
    }
    case 5:
      return { how: 'one left out', bytes: Buffer.concat(without(partsOf(path, before), random)) };
    default: {
      const bytes = Buffer.from(before);
      bytes[at] = Number(bytes[at]) ^ (1 << Math.floor(random() * 8));
      return { how: 'one bit', bytes };
    }
  }
}

/** @type {(parts: readonly Buffer[], random: () => number) => Buffer[]} */
function without(parts, random) {
  return parts.toSpliced(Math.floor(random() * parts.length), 1);
}

/** Hashes of a tile; leaves of a bundle, each with its length. @type {(path: string, bytes: Buffer) => Buffer[]} */
function partsOf(path, bytes) {
  /** @type {Buffer[]} */
  const parts = [];
  for (let at = 0; at < bytes.length; ) {
    const end = path.startsWith('tile/entries/') ? at + 2 + bytes.readUInt16BE(at) : at + HASH_BYTES;
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  return parts;
}

/**
 * Where a change of a file has to be seen.
 *
 * @param {FileCase} found
 * @param {Buffer} before
 * @param {number} size of the newest checkpoint
 * @returns {Where | undefined} nothing for a tile that the newest checkpoint does not need
 */
export function whereOf({ path, bytes }, before, size) {
  const [, level = '', groups = '', width = '256'] =
    /^tile\/(entries|\d+)\/(.+?)(?:\.p\/(\d+))?$/.exec(path) ?? [];
  const unit = level === 'entries' ? 1 : WIDTH ** Number(level);
  const index = Number(groups.replaceAll(/[x/]/g, ''));
  // A partial tile of an older size stays where it is when the log grows; a newer one has taken its place.
  if (Number(width) !== Math.min(WIDTH, Math.floor(size / unit) - index * WIDTH)) return undefined;
  const first = index * WIDTH * unit;
  if (bytes === undefined) return { path, positions: [first] };
  if (level !== 'entries') {
    if (bytes.length !== before.length) return { path, positions: [first] };
    const at = before.findIndex((byte, i) => byte !== bytes[i]);
    return { path, positions: [first + Math.floor(at / HASH_BYTES) * unit] };
  }
  const [wanted, found] = [partsOf(path, before), leavesIn(bytes)];
  const at = wanted.findIndex((leaf, i) => !(found[i]?.equals(leaf) ?? false));
  return { path, positions: [at === -1 ? null : first + at] };
}

/** Leaves as far as the bytes go. @param {Buffer} bytes */
function leavesIn(bytes) {
  /** @type {Buffer[]} */
  const leaves = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) break;
    leaves.push(bytes.subarray(at, end));
    at = end;
  }
  return leaves;
}
