import { consistencySpans, type Hash, inclusionSpans, merkleRoot, type Span } from '@sealtrail/format';
import { readHashTile, TILE_WIDTH, type Tile, tileWith } from './tile.ts';

/** Where tiles come from: a directory, a web server. What it gives is attacker-controlled. */
export type ReadTile = (tile: Tile) => Promise<Uint8Array>;

/** A tree of which only the tiles that are needed are read. Nothing of it is trusted: who uses a proof checks it. */
export class TileTree {
  readonly size: number;
  readonly #read: ReadTile;
  readonly #tiles = new Map<string, Promise<Hash[]>>();

  /**
   * @param size a size for which tiles were published, such as a checkpoint's
   */
  constructor(size: number, read: ReadTile) {
    this.size = size;
    this.#read = read;
  }

  /** Inclusion proof for a leaf; throws as `inclusionSpans`, and what reading throws. */
  inclusion(index: number, size = this.size): Promise<Hash[]> {
    return this.#roots(inclusionSpans(index, size));
  }

  /** Consistency proof from an older size; throws as `consistencySpans`, and what reading throws. */
  consistency(from: number, size = this.size): Promise<Hash[]> {
    return this.#roots(consistencySpans(from, size));
  }

  /** Hash of one leaf. */
  leaf(index: number): Promise<Hash> {
    return this.#rootOf([index, index + 1]);
  }

  /** Root of the first leaves. */
  root(size = this.size): Promise<Hash> {
    return this.#rootOf([0, size]);
  }

  #roots(spans: readonly Span[]): Promise<Hash[]> {
    return Promise.all(spans.map((span) => this.#rootOf(span)));
  }

  /** A span that begins where a subtree of its size may begin: the largest perfect subtrees from left to right. */
  async #rootOf([from, to]: Span): Promise<Hash> {
    const parts: Hash[] = [];
    for (let at = from; at < to; ) {
      let width = 1;
      while (at + width * 2 <= to) width *= 2;
      parts.push(await this.#perfect(at, width));
      at += width;
    }
    // Parts shrink to the right, so they join as the leaves of a tree of their own do not: fold from the right.
    return foldRight(parts);
  }

  /** Root of a perfect subtree, from the highest tile level that it reaches. */
  async #perfect(from: number, width: number): Promise<Hash> {
    let level = 0;
    let unit = 1;
    while (width % (unit * TILE_WIDTH) === 0) {
      unit *= TILE_WIDTH;
      level++;
    }
    const first = from / unit;
    const hashes = await this.#tile(tileWith(level, first, this.size));
    const at = first % TILE_WIDTH;
    return merkleRoot(hashes.slice(at, at + width / unit));
  }

  #tile(tile: Tile): Promise<Hash[]> {
    const name = `${tile.level}/${tile.index}`;
    let hashes = this.#tiles.get(name);
    if (hashes === undefined) {
      hashes = this.#read(tile).then((bytes) => readHashTile(bytes, tile.width));
      this.#tiles.set(name, hashes);
    }
    return hashes;
  }
}

function foldRight(parts: readonly Hash[]): Hash {
  const [last, ...rest] = [...parts].reverse();
  return rest.reduce<Hash>((right, left) => merkleRoot([left, right]), last ?? merkleRoot([]));
}
