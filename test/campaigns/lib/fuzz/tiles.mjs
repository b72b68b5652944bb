// @ts-check
import { leafHash, merkleRoot } from '@sealtrail/format';
import {
  encodeEntryBundle,
  encodeHashTile,
  newTiles,
  readEntryBundle,
  readHashTile,
  readTilePath,
  TileTree,
  tilePath,
} from '@sealtrail/tlog';
import { seededFor } from '../random.mjs';
import { mutate } from './mutate.mjs';

// A published log as whoever serves it may change it.

const LEAVES = Array.from({ length: 300 }, (_, i) => `leaf ${i}`);
const HASHES = LEAVES.map(leafHash);
const ROOT = merkleRoot(HASHES);
const latin1 = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString('latin1');
const bytes = (/** @type {string} */ text) => new Uint8Array(Buffer.from(text, 'latin1'));

/** Every tile of the tree, by its path. */
const TILES = new Map(
  [...newTiles(0, LEAVES.length)].map((tile) => {
    const at = tile.index * 256;
    const made =
      tile.level === 'entries'
        ? encodeEntryBundle(LEAVES.slice(at, at + tile.width))
        : encodeHashTile(
            tile.level === 0 ? HASHES.slice(at, at + tile.width) : [merkleRoot(HASHES.slice(0, 256))],
          );
    return [tilePath(tile), made];
  }),
);

/** @returns {Readonly<Record<string, import('./targets.mjs').Target>>} */
export function tileTargets() {
  const three = HASHES.slice(0, 3);
  return {
    'tile path': {
      seeds: [...TILES.keys(), 'tile/0/x001/x234/067.p/8'],
      run: (text) => {
        const tile = readTilePath(text);
        if (tile !== undefined && tilePath(tile) !== text) throw new Error('a tile has two paths');
      },
    },
    'hash tile': {
      seeds: [latin1(encodeHashTile(three))],
      run: (text) => {
        if (latin1(encodeHashTile(readHashTile(bytes(text), 3))) !== latin1(bytes(text)))
          throw new Error('a tile of hashes is not its own encoding');
      },
    },
    'entry bundle': {
      seeds: [
        latin1(encodeEntryBundle(LEAVES.slice(0, 3))),
        latin1(encodeEntryBundle(['', 'é', 'x'.repeat(999)])),
      ],
      run: (text) => {
        if (latin1(encodeEntryBundle(readEntryBundle(bytes(text), 3))) !== latin1(bytes(text)))
          throw new Error('an entry bundle is not its own encoding');
      },
    },
    'tree of tiles': {
      share: 0.2,
      seeds: [...TILES]
        .filter(([path]) => !path.includes('entries'))
        .map(([path, made]) => `${path}\n${latin1(made)}`),
      // The path stays what it is: the tile is what is changed.
      change: (seed, seeds, random) => {
        const at = seed.indexOf('\n') + 1;
        return seed.slice(0, at) + mutate(seed.slice(at), seeds, random);
      },
      run: async (text) => {
        const at = text.indexOf('\n');
        const [path, changed] = [text.slice(0, at), bytes(text.slice(at + 1))];
        const tree = new TileTree(LEAVES.length, async (tile) => {
          const own = /** @type {Uint8Array} */ (TILES.get(tilePath(tile)));
          return tilePath(tile) === path ? changed : own;
        });
        const random = seededFor(1, text.slice(0, 200), text.length);
        await tree.inclusion(Math.floor(random() * LEAVES.length));
        await tree.consistency(1 + Math.floor(random() * LEAVES.length));
        const isRoot = (await tree.root()) === ROOT;
        const isTile = latin1(changed) === latin1(/** @type {Uint8Array} */ (TILES.get(path)));
        // The full tile of the lowest level is not asked for: the one above it says what it comes to.
        if (isRoot && !isTile && path !== 'tile/0/000') throw new Error(`another ${path} has the same root`);
      },
    },
  };
}
