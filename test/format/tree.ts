import { createHash } from 'node:crypto';

/** So many leaf hashes, all different. */
export function leafHashes(count: number): string[] {
  return Array.from({ length: count }, (_, i) => createHash('sha256').update(`leaf ${i}`).digest('hex'));
}

/** The root over leaf hashes, RFC 6962, 2.1, as it is written there. */
export function treeRoot(leaves: readonly string[]): string {
  if (leaves.length === 0) return createHash('sha256').digest('hex');
  if (leaves.length === 1) return leaves[0] as string;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(Buffer.from(treeRoot(leaves.slice(0, k)), 'hex'))
    .update(Buffer.from(treeRoot(leaves.slice(k)), 'hex'))
    .digest('hex');
}
