import { createHash } from 'node:crypto';
import { type Hash, merkleRoot } from '@sealtrail/format';
import { MerkleTree } from 'merkletreejs';

/**
 * The root of a segment's tree, built by merkletreejs from leaf hashes. Set up like this its trees are those of RFC 6962
 * (tests hold it against the specification's vectors); its `verify` is not used anywhere, because it takes neither index
 * nor size. The verifier computes the same root another way, so one faulty implementation cannot anchor a wrong root
 * unnoticed.
 */
export function segmentRoot(leaves: readonly Hash[]): Hash {
  // merkletreejs gives an empty tree an empty root.
  if (leaves.length === 0) return merkleRoot(leaves);
  const node = (pair: Buffer): Buffer => createHash('sha256').update(NODE_PREFIX).update(pair).digest();
  const tree = new MerkleTree(
    leaves.map((leaf) => Buffer.from(leaf, 'hex')),
    node,
    { hashLeaves: false, sort: false, duplicateOdd: false },
  );
  const root = tree.getRoot().toString('hex');
  if (root !== merkleRoot(leaves)) throw new Error('two implementations disagree on a Merkle root');
  return root;
}

const NODE_PREFIX = Buffer.of(0x01);
