import { CompactRange, type Hash, isSealtrailError, merkleRoot } from '@sealtrail/format';
import { type Checkpoint, readHashTile, TILE_WIDTH, type Tile, tilePath } from '@sealtrail/tlog';
import { LeafChain, leavesOf } from './leaf-chain.ts';
import type { PublishedLog } from './published-log.ts';

// Everything that is published under a checkpoint: each leaf, and each tile of each level. Consistency needs only a few of the tiles,
// and no leaf at all; who reads seals from a published log needs to know about all of them.

/** The first thing that is not what the checkpoint is over. */
export interface PublishedFault {
  /** `unverifiable`: it could not be read. */
  readonly status: 'broken' | 'unverifiable';
  /** The file that is at fault; null when the leaves agree with their tiles, but not with the checkpoint. */
  readonly path: string | null;
  /** The first leaf that is concerned; null when none can be named. */
  readonly position: number | null;
  readonly message: string;
}

/**
 * Holds all that is published against an accepted checkpoint. Of leaves and tiles that differ, those are at fault that do not give
 * the signed root.
 */
export async function checkPublished(
  log: PublishedLog,
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
): Promise<PublishedFault | undefined> {
  const check = new LowestLevel(log);
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const fault = await check.bundle(index, Math.min(TILE_WIDTH, size - index * TILE_WIDTH));
    if (fault !== undefined) return fault;
  }
  const fault = check.verdict(root);
  return fault ?? (await checkLevels(log, size, check.full));
}

/** Leaves, and the tiles over them, one bundle after the other. */
class LowestLevel {
  /** Roots of full bundles. */
  readonly full: Hash[] = [];
  readonly #log: PublishedLog;
  readonly #leaves = new CompactRange();
  readonly #tiled = new CompactRange();
  readonly #chain = new LeafChain();
  #differing: { readonly position: number; readonly leaf: string; readonly tile: string } | undefined;

  constructor(log: PublishedLog) {
    this.#log = log;
  }

  /** @returns what ends the reading */
  async bundle(index: number, width: number): Promise<PublishedFault | undefined> {
    const first = index * TILE_WIDTH;
    const entries: Tile = { level: 'entries', index, width };
    const tile: Tile = { level: 0, index, width };
    const bytes = await readTile(this.#log, entries, first);
    const hashes = await readHashes(this.#log, tile, first);
    if ('status' in bytes) return bytes;
    if ('status' in hashes) return hashes;
    const { leaves, isWhole } = leavesOf(bytes, width);
    for (const [i, leaf] of leaves.entries()) {
      this.#leaves.append(this.#chain.take(leaf));
      if (this.#chain.last !== hashes[i]) {
        this.#differing ??= { position: first + i, leaf: tilePath(entries), tile: tilePath(tile) };
      }
    }
    for (const hash of hashes) this.#tiled.append(hash);
    if (!isWhole && this.#differing === undefined) {
      const position = leaves.length < width ? first + leaves.length : null;
      return broken(tilePath(entries), position, `the bytes of ${tilePath(entries)} are not ${width} leaves`);
    }
    if (width === TILE_WIDTH) this.full.push(merkleRoot(hashes));
    return undefined;
  }

  verdict(root: Hash): PublishedFault | undefined {
    const isSigned = this.#leaves.root() === root;
    if (this.#differing !== undefined) {
      const { position, leaf, tile } = this.#differing;
      return isSigned
        ? broken(tile, position, `the hash of leaf ${position} in ${tile} is not that of the leaf`)
        : broken(leaf, position, `leaf ${position} in ${leaf} is not the one under the checkpoint`);
    }
    const { fault } = this.#chain;
    if (isSigned && fault === undefined) return undefined;
    if (isSigned) return broken(null, fault?.position ?? null, `leaf ${fault?.position} ${fault?.why}`);
    return broken(null, fault?.position ?? null, 'the leaves are not those under the checkpoint');
  }
}

/** The levels above, from the hashes below them. */
async function checkLevels(
  log: PublishedLog,
  size: number,
  roots: readonly Hash[],
): Promise<PublishedFault | undefined> {
  let below = roots;
  for (let level = 1; below.length > 0; level++) {
    const next: Hash[] = [];
    for (let index = 0; index * TILE_WIDTH < below.length; index++) {
      const wanted = below.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
      const tile: Tile = { level, index, width: wanted.length };
      const unit = TILE_WIDTH ** level;
      const first = index * TILE_WIDTH * unit;
      const hashes = await readHashes(log, tile, first);
      if ('status' in hashes) return hashes;
      const at = wanted.findIndex((hash, i) => hash !== hashes[i]);
      if (at !== -1) {
        const position = first + at * unit;
        const last = Math.min(position + unit, size) - 1;
        return broken(
          tilePath(tile),
          position,
          `hash ${at} in ${tilePath(tile)} is not that of the leaves ${position} to ${last}`,
        );
      }
      if (wanted.length === TILE_WIDTH) next.push(merkleRoot(wanted));
    }
    below = next;
  }
  return undefined;
}

async function readHashes(log: PublishedLog, tile: Tile, first: number): Promise<Hash[] | PublishedFault> {
  const bytes = await readTile(log, tile, first);
  if ('status' in bytes) return bytes;
  try {
    return readHashTile(bytes, tile.width);
  } catch (error) {
    if (!isSealtrailError(error, 'tile_malformed')) throw error;
    return broken(tilePath(tile), first, `${tilePath(tile)}: ${error.message}`);
  }
}

/** A log that does not show something has not shown that it is whole; a network that fails is no proof of more. */
async function readTile(log: PublishedLog, tile: Tile, first: number): Promise<Uint8Array | PublishedFault> {
  try {
    return await log.tile(tile);
  } catch (error) {
    if (!isSealtrailError(error, 'source_invalid')) throw error;
    return { status: 'unverifiable', path: tilePath(tile), position: first, message: error.message };
  }
}

function broken(path: string | null, position: number | null, message: string): PublishedFault {
  return { status: 'broken', path, position, message };
}
