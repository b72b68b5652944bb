import { describe, expect, it } from 'vitest';
import { fuzzPart } from '../campaigns/lib/fuzz/parts.mjs';
import type { Outcome } from '../campaigns/lib/fuzz/run.mjs';

const SEED = 20_261_123;

/** Neither all taken nor all refused: the changes are of the right size. */
function expectBoth({ cases, taken }: Outcome, share: number): void {
  expect(taken).toBeGreaterThan(cases * share);
  expect(taken).toBeLessThan(cases * (1 - share));
}

describe('what was changed', () => {
  it('is taken or refused with a code by every parser', async () => {
    const outcome = await fuzzPart('parsers', { cases: 400, seed: SEED });
    expect(outcome.problems).toEqual([]);
    expect(outcome.cases).toBeGreaterThan(7_000);
    expectBoth(outcome, 0.1);
    expect(Object.keys(outcome.codes).length).toBeGreaterThan(10);
  });

  it('is reported or refused with a code when it is a whole file', async () => {
    const outcome = await fuzzPart('files', { cases: 60, seed: SEED });
    expect(outcome.problems).toEqual([]);
    expect(outcome.cases).toBe(240);
    expectBoth(outcome, 0.05);
  });

  it('is acted upon or refused with a code when it is a row of a store, and called no outage', async () => {
    const outcome = await fuzzPart('stores', { cases: 8, seed: SEED });
    expect(outcome.problems).toEqual([]);
    expect(outcome.cases).toBeGreaterThan(25);
    expectBoth(outcome, 0.05);
  });

  it('is answered with a code when it is a request to the service, and leaves the logs as they are', async () => {
    const outcome = await fuzzPart('requests', { cases: 250, seed: SEED });
    expect(outcome.problems).toEqual([]);
    expect(outcome.cases).toBeGreaterThan(200);
    expectBoth(outcome, 0.05);
  });

  it('ends with a documented code when it is a command line', async () => {
    const outcome = await fuzzPart('commands', { cases: 24, seed: SEED });
    expect(outcome.problems).toEqual([]);
    expect(outcome.cases).toBe(24);
  });
});
