import { describe, expect, it } from 'vitest';
import { fuzz } from '../campaigns/lib/fuzz/run.mjs';

describe('every parser', () => {
  it('takes what was changed or refuses it with a code, in its short form', {
    timeout: 120_000,
  }, async () => {
    const { cases, taken, codes, problems } = await fuzz({ cases: 400, seed: 20_261_123 });
    expect(problems).toEqual([]);
    expect(cases).toBeGreaterThan(7_000);
    // Neither all taken nor all refused: the changes are of the right size.
    expect(taken).toBeGreaterThan(cases / 10);
    expect(Object.keys(codes).length).toBeGreaterThan(10);
  });
});
