import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PassingMap } from '../../packages/store/src/passing-map.ts';

const KEY = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const STEP = fc.oneof(
  fc.record({ what: fc.constant('set' as const), key: KEY, value: fc.nat() }),
  fc.record({ what: fc.constant('delete' as const), key: KEY }),
);

test('holds what any map holds, in its order', () => {
  fc.assert(
    fc.property(fc.array(STEP), (steps) => {
      const map = new Map<string, number>();
      const passing = new PassingMap<string, number>();
      for (const step of steps) {
        if (step.what === 'set') {
          map.set(step.key, step.value);
          passing.set(step.key, step.value);
        } else {
          map.delete(step.key);
          passing.delete(step.key);
        }
        expect(passing.size).toBe(map.size);
        expect([...passing.values()]).toEqual([...map.values()]);
        expect(passing.get('a')).toBe(map.get('a'));
      }
    }),
  );
});

test('keeps nothing alive that was deleted, where only young memory is looked through', () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as (options?: { type: 'minor' }) => void;
  const rounds = 200;
  const atOnce = 64;
  const values = 128;
  const map = new PassingMap<string, readonly number[]>();
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < atOnce; i++) map.set(`${round}-${i}`, new Array<number>(values).fill(round));
    if (round % 3 === 0) gc({ type: 'minor' });
    for (let i = 0; i < atOnce; i++) map.delete(`${round}-${i}`);
  }
  for (let i = 0; i < 4; i++) gc({ type: 'minor' });
  const grown = process.memoryUsage().heapUsed - before;
  // A Map of the engine keeps nearly all of it.
  expect(grown).toBeLessThan((rounds * atOnce * values * 8) / 4);
});
