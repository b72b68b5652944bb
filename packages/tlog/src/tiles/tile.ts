import { type Hash, SealtrailError } from '@sealtrail/format';
import { concat, fromHex, toHex, utf8 } from '../bytes.ts';

// C2SP tlog-tiles: a tree in pieces of 256 hashes.

/** Hashes, or leaves, in a full tile. */
export const TILE_WIDTH = 256;
const HASH_BYTES = 32;
const MAX_LEVEL = 63;
/** Lengths in an entry bundle are two bytes. */
const MAX_LEAF_BYTES = 65_535;

/** A piece of the tree, or with level `entries` the leaves themselves. */
export interface Tile {
  readonly level: number | 'entries';
  /** Which one of its level, from the left. */
  readonly index: number;
  /** 256, or fewer for a partial tile. */
  readonly width: number;
}

/** Path of a tile below the log's prefix: `tile/0/x001/x234/067.p/8`. */
export function tilePath({ level, index, width }: Tile): string {
  const groups: string[] = [];
  let rest = index;
  do {
    groups.unshift(String(rest % 1000).padStart(3, '0'));
    rest = Math.floor(rest / 1000);
  } while (rest > 0);
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

const PATH = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** Reads a path; undefined for a text that is none, or names a tile in any form but its own. */
export function readTilePath(path: string): Tile | undefined {
  const [, level = '', groups = '', partial] = PATH.exec(path) ?? [];
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, '')),
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  };
  const ok = (tile.level === 'entries' || tile.level <= MAX_LEVEL) && tilePath(tile) === path;
  return ok ? tile : undefined;
}

/**
 * The tiles that a log must write when it grows: those with a leaf or subtree that is new.
 *
 * @param from size that was published before
 * @param to size now
 */
export function* newTiles(from: number, to: number): Generator<Tile> {
  yield* tilesOfLevel('entries', from, to);
  for (let level = 0, unit = 1; to >= unit; level++, unit *= TILE_WIDTH) {
    yield* tilesOfLevel(level, Math.floor(from / unit), Math.floor(to / unit));
  }
}

function* tilesOfLevel(level: Tile['level'], from: number, to: number): Generator<Tile> {
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index++) {
    const width = Math.min(TILE_WIDTH, to - index * TILE_WIDTH);
    if (index * TILE_WIDTH + width > from) yield { level, index, width };
  }
}

/** The tile of a level that holds a node of it, as it is in a tree of some size. */
export function tileWith(level: number, node: number, size: number): Tile {
  const index = Math.floor(node / TILE_WIDTH);
  const nodes = Math.floor(size / TILE_WIDTH ** level);
  return { level, index, width: Math.min(TILE_WIDTH, nodes - index * TILE_WIDTH) };
}

/** The bytes of a tile of hashes. */
export function encodeHashTile(hashes: readonly Hash[]): Uint8Array {
  return fromHex(hashes.join(''));
}

/** Reads a tile of so many hashes. @throws SealtrailError `tile_malformed` when the bytes are not those */
export function readHashTile(bytes: Uint8Array, width: number): Hash[] {
  if (bytes.length !== width * HASH_BYTES)
    throw malformed(`a tile of ${width} hashes is ${width * HASH_BYTES} bytes`);
  return Array.from({ length: width }, (_, i) => toHex(bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)));
}

/** Leaves one after the other, each after its length in two bytes. */
export function encodeEntryBundle(texts: readonly string[]): Uint8Array {
  return concat(
    ...texts.flatMap((text) => {
      const bytes = utf8(text);
      if (bytes.length > MAX_LEAF_BYTES) throw malformed(`a leaf is longer than ${MAX_LEAF_BYTES} bytes`);
      return [Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes];
    }),
  );
}

/** Reads a bundle of so many leaves of UTF-8 text. @throws SealtrailError `tile_malformed` when the bytes are not those */
export function readEntryBundle(bytes: Uint8Array, width: number): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length && texts.length < width) {
    const length = ((bytes[at] as number) << 8) | (bytes[at + 1] ?? 0);
    at += 2;
    if (at + length > bytes.length) throw malformed('a leaf is cut off');
    try {
      texts.push(decoder.decode(bytes.subarray(at, at + length)));
    } catch (cause) {
      throw new SealtrailError('tile_malformed', 'a leaf is not UTF-8', {}, { cause });
    }
    at += length;
  }
  if (at !== bytes.length || texts.length !== width) throw malformed(`the bytes are not ${width} leaves`);
  return texts;
}

function malformed(why: string): SealtrailError {
  return new SealtrailError('tile_malformed', why);
}
