import { Runs } from '@sealtrail/format';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const span = fc.tuple(fc.nat(2_000), fc.nat(40)).map(([from, length]) => [from, from + length] as const);

/** Steps between positions: 1 continues a run, 0 repeats the position. */
const steps = fc.array(fc.constantFrom(0, 1, 1, 2, 3), { minLength: 1, maxLength: 1_500 });

describe('a set of positions as runs', () => {
  it('holds and gives back what a set would', () => {
    fc.assert(
      fc.property(steps, fc.array(span, { maxLength: 60 }), (all, takes) => {
        const runs = new Runs();
        const set = new Set<number>();
        let position = 0;
        for (const step of all) {
          position += step;
          runs.push(position);
          set.add(position);
        }
        for (const [from, to] of takes) {
          let taken = 0;
          for (let at = from; at <= to; at++) if (set.delete(at)) taken++;
          expect(runs.take(from, to)).toBe(taken);
        }
        const left = [...runs].flatMap(([from, to]) =>
          Array.from({ length: to - from + 1 }, (_, i) => from + i),
        );
        expect(left).toEqual([...set].sort((a, b) => a - b));
        expect(runs.isEmpty).toBe(set.size === 0);
        const ends = [...runs];
        expect(ends.every(([from], i) => i === 0 || from > (ends[i - 1]?.[1] as number) + 1)).toBe(true);
      }),
    );
  });

  it('is the same when one long run is taken apart position by position', () => {
    const runs = new Runs();
    for (let at = 0; at < 6_000; at++) runs.push(at);
    for (let at = 1; at < 6_000; at += 2) expect(runs.take(at, at)).toBe(1);
    expect([...runs]).toEqual(Array.from({ length: 3_000 }, (_, i) => [2 * i, 2 * i]));
    expect(runs.take(0, 6_000)).toBe(3_000);
    expect(runs.isEmpty).toBe(true);
  });
});
