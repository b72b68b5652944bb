import { createHash } from 'node:crypto';
import { type DirectoryLine, DirectoryTree, directoryLeaf, tenantKey } from '@sealtrail/format';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { treeRoot } from './tree.ts';

const last = (n: number): string => createHash('sha256').update(String(n)).digest('hex');

/** Rounds of tenants whose lines are set, by small numbers so that they come again. */
const rounds = fc.array(fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 9 })), { maxLength: 20 }), {
  maxLength: 12,
});

describe('the tree of a directory that changes', () => {
  it('has after each round the root of a tree that is made anew', () => {
    fc.assert(
      fc.property(rounds, (all) => {
        const tree = new DirectoryTree();
        const lines = new Map<string, DirectoryLine>();
        for (const round of all) {
          for (const [tenant, anchors] of round) {
            const line = { key: tenantKey(`t-${tenant}`), anchors, entries: anchors, last: last(anchors) };
            tree.set(line);
            lines.set(line.key, line);
          }
          const keys = [...lines.keys()].sort();
          expect(tree.size).toBe(keys.length);
          expect(tree.root()).toBe(treeRoot(keys.map((key) => directoryLeaf(lines.get(key) as never))));
        }
      }),
    );
  });

  it('is the empty tree before the first line', () => {
    expect(new DirectoryTree().root()).toBe(treeRoot([]));
  });
});
