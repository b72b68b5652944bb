import { verifyConsistency, verifyInclusion, verifyRange } from '@sealtrail/format';
import { describe, expect, it } from 'vitest';
import { leafHashes, treeRoot } from './tree.ts';

const [first, second] = leafHashes(2) as [string, string];
const root = treeRoot([first, second]);

// Each stands for the same bytes where nobody looks at how they are written: one proof would have many texts.
describe.each([
  ['in upper case', (hash: string) => hash.toUpperCase()],
  ['with digits behind it', (hash: string) => `${hash}00`],
])('a hash %s', (_, spelled) => {
  it('is refused in an inclusion proof', () => {
    expect(verifyInclusion(0, 2, first, [second], root)).toBe(true);
    expect(verifyInclusion(0, 2, first, [spelled(second)], root)).toBe(false);
    expect(verifyInclusion(0, 2, spelled(first), [second], root)).toBe(false);
    expect(verifyInclusion(0, 1, spelled(first), [], spelled(first))).toBe(false);
  });

  it('is refused in a consistency proof', () => {
    expect(verifyConsistency(1, 2, first, root, [second])).toBe(true);
    expect(verifyConsistency(1, 2, first, root, [spelled(second)])).toBe(false);
    expect(verifyConsistency(2, 2, spelled(root), spelled(root), [])).toBe(false);
  });

  it('is refused in the proof for a run of leaves', () => {
    expect(verifyRange(0, [first], 2, [second], root)).toBe(true);
    expect(verifyRange(0, [first], 2, [spelled(second)], root)).toBe(false);
    expect(verifyRange(0, [spelled(first)], 2, [second], root)).toBe(false);
    expect(verifyRange(0, [spelled(first)], 1, [], spelled(first))).toBe(false);
  });
});
