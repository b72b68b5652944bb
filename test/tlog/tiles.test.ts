import { createHash } from 'node:crypto';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from '@sealtrail/format';
import {
  encodeEntryBundle,
  encodeHashTile,
  newTiles,
  readEntryBundle,
  readTilePath,
  type Tile,
  TileTree,
  tilePath,
} from '@sealtrail/tlog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { known, leafTexts } from './vectors.ts';

const hashes = leafTexts.map(leafHash);

/** The bytes of a tile from all leaves, by the definition of a tile. */
function bytesOf({ level, index, width }: Tile): Uint8Array {
  if (level === 'entries') return encodeEntryBundle(leafTexts.slice(index * 256, index * 256 + width));
  const unit = 256 ** level;
  return encodeHashTile(
    Array.from({ length: width }, (_, i) => {
      const at = (index * 256 + i) * unit;
      return merkleRoot(hashes.slice(at, at + unit));
    }),
  );
}
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('a tile', () => {
  it.each(known.paths)('has the path $path', ({ level, index, width, path }) => {
    expect(tilePath({ level, index, width })).toBe(path);
    expect(readTilePath(path)).toEqual({ level, index, width });
  });

  it.each([
    'tile/0/0',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/entry/000',
    'tile/0/x000/000',
    'tile/0/1000',
    'tile/0/001/000',
    'tile/0/x001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000/',
    'tile/0/../../000',
    '/tile/0/000',
    'tile/0/000?',
    '',
  ])('does not have the path %j', (path) => {
    expect(readTilePath(path)).toBeUndefined();
  });

  it.each(known.trees)('is one of those of a tree of $size', ({ size, tiles }) => {
    const written = [...newTiles(0, size)].map((tile) => [tilePath(tile), digest(bytesOf(tile))]);
    expect(Object.fromEntries(written)).toEqual(tiles);
  });

  it('is written again only when it grew', () => {
    fc.assert(
      fc.property(fc.nat({ max: 600 }), fc.nat({ max: 600 }), (a, b) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        const before = new Set([...newTiles(0, from)].map(tilePath));
        const after = new Set([...newTiles(0, to)].map(tilePath));
        const written = [...newTiles(from, to)].map(tilePath);
        expect(new Set(written).size).toBe(written.length);
        expect(new Set(written)).toEqual(new Set([...after].filter((path) => !before.has(path))));
      }),
      { numRuns: 100 },
    );
  });
});

describe('a bundle of leaves', () => {
  it('is read as it was written, whatever the leaves hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 50 }), { maxLength: 20 }), (texts) => {
        const clean = texts.map((text) => text.toWellFormed());
        expect(readEntryBundle(encodeEntryBundle(clean), clean.length)).toEqual(clean);
      }),
    );
  });

  it.each([
    ['a leaf cut off', encodeEntryBundle(['abc']).slice(0, -1), 1],
    ['half a length', Uint8Array.of(0), 1],
    ['a leaf more', encodeEntryBundle(['a', 'b']), 1],
    ['a leaf less', encodeEntryBundle(['a']), 2],
    ['bytes that are not UTF-8', Uint8Array.of(0, 1, 0xff), 1],
  ])('is refused with %s', async (_, bytes, width) => {
    expect(await codeOf(() => readEntryBundle(bytes, width))).toBe('tile_malformed');
  });

  it('takes no leaf beyond 65,535 bytes', async () => {
    expect(encodeEntryBundle(['x'.repeat(65_535)])).toHaveLength(65_537);
    expect(await codeOf(() => encodeEntryBundle(['x'.repeat(65_536)]))).toBe('tile_malformed');
  });
});

describe('a tree of tiles', () => {
  it('gives the root and the proofs of RFC 6962, reading few tiles', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 600 }), fc.nat(), async (size, n) => {
        const read: string[] = [];
        const tree = new TileTree(size, async (tile) => {
          read.push(tilePath(tile));
          return bytesOf(tile);
        });
        const leaves = hashes.slice(0, size);
        const root = merkleRoot(leaves);
        const index = n % size;
        expect(await tree.root()).toBe(root);
        expect(await tree.inclusion(index)).toEqual(inclusionProof(leaves, index));
        expect(verifyInclusion(index, size, leaves[index] as string, await tree.inclusion(index), root)).toBe(
          true,
        );
        const old = index + 1;
        const proof = await tree.consistency(old);
        expect(proof).toEqual(consistencyProof(leaves, old));
        expect(verifyConsistency(old, size, merkleRoot(hashes.slice(0, old)), root, proof)).toBe(true);
        expect(new Set(read).size).toBe(read.length);
        expect([...newTiles(0, size)].map(tilePath)).toEqual(expect.arrayContaining(read));
      }),
      { numRuns: 100 },
    );
  });

  it('refuses a tile of another width', async () => {
    const tree = new TileTree(300, async (tile) => bytesOf({ ...tile, width: 1 }));
    expect(await codeOf(tree.root())).toBe('tile_malformed');
  });
});
