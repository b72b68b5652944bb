import { canonicalize } from './canonical.ts';
import type { Target } from './entry-types.ts';
import { type Hash, recordKeyHash, recordLeafHash, touchesHash, u64 } from './hash.ts';
import { merkleRoot } from './merkle/compact-range.ts';

/** The key under which a record stands in the records tree (SPEC 6). */
export function recordKey(tenant: string, target: Target): Hash {
  return recordKeyHash(
    `{"id":${canonicalize(target.id)},"tenant":${canonicalize(tenant)},"type":${canonicalize(target.type)}}`,
  );
}

/** One entry that touches a record. */
export interface Touch {
  readonly seq: number;
  readonly hash: Hash;
}

/** The touch digest over a record's entries of one segment, in ascending order (SPEC 6). */
export function touchDigest(touches: readonly Touch[]): Hash {
  return touchesHash(touches.map(({ seq, hash }) => u64(seq) + hash).join(''));
}

/** A leaf of the records tree, with what it was made from. */
export interface RecordLeaf {
  readonly key: Hash;
  readonly digest: Hash;
  readonly hash: Hash;
}

// A record of one segment is often met in the next. Dropped as a whole when full: what is still touched comes back.
const MOST_KNOWN = 8_192;
const knownKeys = new Map<string, Hash>();

function keyOf(tenant: string, target: Target): Hash {
  // Tenants and types have no spaces in them.
  const name = `${tenant} ${target.type} ${target.id}`;
  let key = knownKeys.get(name);
  if (key === undefined) {
    if (knownKeys.size >= MOST_KNOWN) knownKeys.clear();
    key = recordKey(tenant, target);
    knownKeys.set(name, key);
  }
  return key;
}

/** Targets that the entries of one segment name, all together: whoever makes its records tree has to hold them in memory. */
export const MAX_SEGMENT_TARGETS = 262_144;

/** Collects which records the entries of one segment touch, and builds the leaves of the records tree. */
export class SegmentRecords {
  readonly #tenant: string;
  #targets = 0;
  // By type, then by id: a name made of both would have to be put together for each entry.
  readonly #touches = new Map<string, Map<string, Touch[]>>();

  constructor(tenant: string) {
    this.#tenant = tenant;
  }

  /**
   * Adds one entry; entries come in ascending order.
   *
   * @returns false, with nothing added, for one that names more targets than the segment has room for
   */
  add(targets: readonly Target[], touch: Touch): boolean {
    if (this.#targets + targets.length > MAX_SEGMENT_TARGETS) return false;
    this.#targets += targets.length;
    for (const { type, id } of targets) {
      let ofType = this.#touches.get(type);
      if (ofType === undefined) {
        ofType = new Map();
        this.#touches.set(type, ofType);
      }
      const known = ofType.get(id);
      if (known === undefined) ofType.set(id, [touch]);
      else known.push(touch);
    }
    return true;
  }

  /** The leaves in the order of their keys. */
  leaves(): RecordLeaf[] {
    const leaves: RecordLeaf[] = [];
    for (const [type, ofType] of this.#touches) {
      for (const [id, touches] of ofType) {
        const key = keyOf(this.#tenant, { type, id });
        const digest = touchDigest(touches);
        leaves.push({ key, digest, hash: recordLeafHash(key, digest) });
      }
    }
    // Hex digits sort like the bytes they stand for.
    return leaves.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Root and size of the segment's records tree. */
  summary(): { readonly root: Hash; readonly size: number } {
    const leaves = this.leaves();
    return { root: merkleRoot(leaves.map((leaf) => leaf.hash)), size: leaves.length };
  }
}
