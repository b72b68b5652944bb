import {
  decodeUtf8,
  type Hash,
  hashBytes,
  isSealtrailError,
  readEntry,
  SEALS_TENANT,
} from '@sealtrail/format';

/** The leaves of a bundle that can be told apart, whatever else is wrong with its bytes (C2SP tlog-tiles). */
export function leavesOf(
  bytes: Uint8Array,
  width: number,
): { readonly leaves: readonly Uint8Array[]; readonly isWhole: boolean } {
  const leaves: Uint8Array[] = [];
  let at = 0;
  while (leaves.length < width && at + 2 <= bytes.length) {
    const end = at + 2 + (((bytes[at] as number) << 8) | (bytes[at + 1] as number));
    if (end > bytes.length) break;
    leaves.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return { leaves, isWhole: leaves.length === width && at === bytes.length };
}

/** Whether the leaves are the entries of an operator's log, each linked to the one before (SPEC 3, 12). */
export class LeafChain {
  /** Hash of the leaf that was taken last. */
  last: Hash | undefined;
  #next = 0;
  #fault: LeafFault | undefined;
  /** Position of a leaf that records another hash for the one before; the leaf after it decides which of the two is at fault. */
  #unlinked: number | undefined;

  /** The first that is not as it must be. */
  get fault(): LeafFault | undefined {
    return this.#fault ?? (this.#unlinked === undefined ? undefined : unlinked(this.#unlinked));
  }

  /** @returns the leaf hash */
  take(bytes: Uint8Array): Hash {
    const position = this.#next++;
    const prefixed = new Uint8Array(bytes.length + 1);
    prefixed.set(bytes, 1);
    const before = this.last;
    this.last = hashBytes(prefixed);
    if (this.#fault === undefined) this.#check(bytes, position, before);
    return this.last;
  }

  #check(bytes: Uint8Array, position: number, before: Hash | undefined): void {
    try {
      const { tenant, seq, prev } = readEntry(decodeUtf8(bytes));
      const isLinked = before === undefined || prev === before;
      if (this.#unlinked !== undefined) this.#fault = unlinked(isLinked ? position - 2 : position - 1);
      else if (tenant !== SEALS_TENANT || seq !== position)
        this.#fault = { position, why: 'is not the entry of that position' };
      else if (!isLinked) this.#unlinked = position;
    } catch (error) {
      if (!isSealtrailError(error)) throw error;
      this.#fault = this.fault ?? { position, why: `is no entry: ${error.message}` };
    }
  }
}

interface LeafFault {
  readonly position: number;
  readonly why: string;
}

function unlinked(position: number): LeafFault {
  return { position, why: 'and its neighbours are not linked' };
}
