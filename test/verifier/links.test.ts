import { hashBytes, ZERO_HASH } from '@sealtrail/format';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinkChecker } from '../../packages/verifier/dist/checks/links.js';

/** A member of a chain: its hash follows from its content and its `prev`, and only from them. */
interface Member {
  readonly number: number;
  /** Undefined when the member cannot be read. */
  readonly prev: string | undefined;
  readonly hash: string;
}

function member(number: number, prev: string | undefined, content: string): Member {
  return { number, prev, hash: hashBytes(Buffer.from(`${number} ${prev} ${content}`)) };
}

function chain(length: number): Member[] {
  const members: Member[] = [];
  for (let i = 0; i < length; i++) members.push(member(i, members[i - 1]?.hash ?? ZERO_HASH, 'good'));
  return members;
}

function blamed(members: readonly (Member | 'unusable')[], vouched: boolean): number[] {
  const numbers: number[] = [];
  const links = new LinkChecker((number) => void numbers.push(number));
  for (const one of members) {
    if (one === 'unusable') links.interrupt();
    else links.next(one.number, one.prev, one.hash);
  }
  links.end(vouched);
  return numbers.sort((a, b) => a - b);
}

/** The rule of SPEC 9.1, read off for each failed link with the whole chain at hand. */
function atFault(members: readonly (Member | 'unusable')[], vouched: boolean): number[] {
  const joined = (at: number): { left: Member; right: Member } | undefined => {
    const [left, right] = [members[at - 1], members[at]];
    if (left === undefined || right === undefined || left === 'unusable' || right === 'unusable')
      return undefined;
    return left.number + 1 === right.number && right.prev !== undefined ? { left, right } : undefined;
  };
  const faults: number[] = [];
  for (const [at, one] of members.entries()) {
    if (one === 'unusable') continue;
    const link = joined(at);
    if (link === undefined) {
      if (one.number === 0 && one.prev !== undefined && one.prev !== ZERO_HASH) faults.push(0);
    } else if (link.right.prev !== link.left.hash) {
      const next = joined(at + 1);
      const isLast = at === members.length - 1;
      const good = isLast ? vouched : next !== undefined && next.right.prev === link.right.hash;
      faults.push(good ? link.left.number : link.right.number);
    }
  }
  return faults.sort((a, b) => a - b);
}

describe('who is at fault when a link fails', () => {
  it('nobody in a whole chain', () => {
    for (const length of [0, 1, 2, 3, 20]) {
      expect(blamed(chain(length), true)).toEqual([]);
      expect(blamed(chain(length), false)).toEqual([]);
    }
  });

  it('the member whose content was changed', () => {
    for (let at = 0; at < 9; at++) {
      const members = chain(10);
      members[at] = member(at, members[at]?.prev, 'forged');
      expect(blamed(members, true)).toEqual([at]);
      // At the end, without a witness for the last one, its own link is all there is.
      expect(blamed(members, false)).toEqual([at === 8 ? 9 : at]);
    }
  });

  it('the member whose link was changed, twice: for its link and for its content', () => {
    for (let at = 1; at < 9; at++) {
      const members = chain(10);
      members[at] = member(at, 'ab'.repeat(32), 'good');
      expect(blamed(members, true)).toEqual([at, at]);
      expect(Math.min(...blamed(members, false))).toBe(at);
    }
  });

  it('the last member, if its link was changed: what vouched for it no longer does', () => {
    const members = chain(10);
    members[9] = member(9, 'ab'.repeat(32), 'good');
    expect(blamed(members, false)).toEqual([9]);
  });

  it('the first member, if it links to anything', () => {
    expect(blamed([member(0, 'ab'.repeat(32), 'good')], true)).toEqual([0]);
  });

  it('the one before the first, if a hash of it was known beforehand and the rest holds', () => {
    const members = chain(10).slice(4);
    const numbers: number[] = [];
    const links = new LinkChecker((number) => void numbers.push(number), {
      number: 3,
      hash: 'ab'.repeat(32),
    });
    for (const { number, prev, hash } of members) links.next(number, prev, hash);
    links.end(true);
    expect(numbers).toEqual([3]);
  });

  it('is decided as the specification says, whatever was changed, made unreadable, removed or lost', () => {
    const change = fc.record({
      at: fc.nat(),
      how: fc.constantFrom('content', 'prev', 'unreadable', 'remove', 'lose', 'relink'),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 14 }),
        fc.array(change, { maxLength: 5 }),
        fc.boolean(),
        (n, changes, vouched) => {
          const members: (Member | 'unusable')[] = chain(n);
          for (const { at: anywhere, how } of changes) {
            const at = anywhere % members.length;
            const one = members[at];
            if (one === undefined || one === 'unusable') continue;
            if (how === 'content') members[at] = member(one.number, one.prev, `forged ${anywhere}`);
            if (how === 'prev') members[at] = member(one.number, hashBytes(Buffer.of(at)), 'good');
            if (how === 'unreadable')
              members[at] = { ...member(one.number, one.prev, 'broken'), prev: undefined };
            if (how === 'remove' && members.length > 1) members.splice(at, 1);
            if (how === 'lose') members[at] = 'unusable';
            const left = members[at - 1];
            if (how === 'relink' && left !== undefined && left !== 'unusable')
              members[at] = member(one.number, left.hash, 'made anew');
          }
          expect(blamed(members, vouched)).toEqual(atFault(members, vouched));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('is never decided later than one member after', () => {
    const links = new LinkChecker(() => {});
    for (const { number, prev, hash } of chain(5)) {
      links.next(number, prev, number === 2 ? 'ab'.repeat(32) : hash);
      expect(links.pending).toBe(number === 3 ? 2 : undefined);
    }
  });
});
