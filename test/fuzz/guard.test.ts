import { describe, expect, it } from 'vitest';
import { guarded } from '../campaigns/lib/fuzz/guard.mjs';

const module = new URL('out-of-bounds.mjs', import.meta.url).href;

describe('what ends a fuzz campaign', () => {
  it.each([
    ['hangs', 41, 'no end after'],
    ['waitsForEver', 42, 'no end after'],
    ['grows', 43, 'memory'],
    ['growsOutsideTheHeap', 44, 'memory grew by'],
    ['crashes', 45, 'ended with 3'],
  ])('is an input that %s, and it is named', async (name, i, why) => {
    const limits = { longestMs: name.startsWith('grows') ? 60_000 : 600, heapMb: 32, residentMb: 300 };
    const { problems } = await guarded({ module, name, options: {} }, limits);
    expect(problems).toEqual([expect.stringMatching(new RegExp(`${name}, case ${i}: [^]*${why}`))]);
  });
});
