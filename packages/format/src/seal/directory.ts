import { type Hash, isHash, leafBytesHash, tenantKeyHash, u64, ZERO_HASH } from '../hash.ts';

/** What a directory says of one tenant: how far its log was anchored when the seal was made (SPEC 12.1). */
export interface DirectoryLine {
  /** {@link tenantKey} of the tenant. */
  readonly key: Hash;
  /** Number of anchors, 0 before the first. */
  readonly anchors: number;
  /** Number of entries under them. */
  readonly entries: number;
  /** Hash of the newest anchor, 64 zeros before the first. */
  readonly last: Hash;
}

/** The key under which a tenant stands in a directory. */
export const tenantKey: (tenant: string) => Hash = tenantKeyHash;

/** The leaf of a directory for one tenant. */
export function directoryLeaf({ key, anchors, entries, last }: DirectoryLine): Hash {
  return leafBytesHash(key + u64(anchors) + u64(entries) + last);
}

/** Whether the members of a line can go together. */
export function isDirectoryLine({ key, anchors, entries, last }: DirectoryLine): boolean {
  if (!isHash(key) || !isHash(last)) return false;
  if (!Number.isSafeInteger(anchors) || !Number.isSafeInteger(entries)) return false;
  return anchors === 0 ? entries === 0 && last === ZERO_HASH : anchors > 0 && entries >= anchors;
}
