import { type Hash, nodeHash } from '../hash.ts';
import { EMPTY_ROOT } from '../merkle/compact-range.ts';
import { type DirectoryLine, directoryLeaf } from './directory.ts';

/**
 * The Merkle tree of a directory (SPEC 12.1) whose lines change and become more. A line that was there costs a path, and all of them
 * together no more than the tree; new ones cost what stands to the right of the first of them.
 */
export class DirectoryTree {
  readonly #leaves = new Map<Hash, Hash>();
  /** Keys of the leaves, ascending. */
  #keys: Hash[] = [];
  /** Leaves first, then the nodes over them; one without a neighbour stands for its parent. */
  readonly #levels: Hash[][] = [[]];
  // Since the root was last asked for.
  readonly #set = new Set<Hash>();
  #fresh: Hash[] = [];

  /** Number of lines. */
  get size(): number {
    return this.#leaves.size;
  }

  /** Adds a line, or puts it in the place of the one with its key. */
  set(line: DirectoryLine): void {
    if (!this.#leaves.has(line.key)) this.#fresh.push(line.key);
    this.#leaves.set(line.key, directoryLeaf(line));
    this.#set.add(line.key);
  }

  root(): Hash {
    if (this.#set.size > 0) this.#settle();
    return this.#levels.at(-1)?.[0] ?? EMPTY_ROOT;
  }

  #settle(): void {
    let moved = this.#keys.length;
    if (this.#fresh.length > 0) {
      this.#fresh.sort();
      moved = this.#placeOf(this.#fresh[0] as Hash);
      this.#keys = [...this.#keys, ...this.#fresh].sort();
      this.#fresh = [];
    }
    const leaves = this.#levels[0] as Hash[];
    const put = (place: number): void => {
      leaves[place] = this.#leaves.get(this.#keys[place] as Hash) as Hash;
    };
    let changed = [...this.#set].map((key) => this.#placeOf(key)).filter((place) => place < moved);
    for (const place of changed) put(place);
    for (let place = moved; place < this.#keys.length; place++) put(place);
    this.#set.clear();
    for (let level = 0; (this.#levels[level] as Hash[]).length > 1; level++) {
      changed = this.#raise(level, changed, moved);
      moved = Math.floor(moved / 2);
    }
  }

  /**
   * Brings the nodes over a level up to date.
   *
   * @param changed places before `moved` that changed
   * @param moved where the part begins that changed as a whole
   * @returns those of the nodes that changed alone
   */
  #raise(level: number, changed: readonly number[], moved: number): number[] {
    const below = this.#levels[level] as Hash[];
    const nodes = this.#levels[level + 1] ?? [];
    this.#levels[level + 1] = nodes;
    const put = (place: number): void => {
      const left = below[2 * place] as Hash;
      const right = below[2 * place + 1];
      nodes[place] = right === undefined ? left : nodeHash(left, right);
    };
    const movedNodes = Math.floor(moved / 2);
    const alone = [...new Set(changed.map((place) => Math.floor(place / 2)))].filter(
      (place) => place < movedNodes,
    );
    for (const place of alone) put(place);
    for (let place = movedNodes; 2 * place < below.length; place++) put(place);
    return alone;
  }

  /** Where a key stands, or would. */
  #placeOf(key: Hash): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] as Hash) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
