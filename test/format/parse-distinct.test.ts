import { parseDistinct } from '@sealtrail/format';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/errors.ts';

const name = fc.oneof(
  fc.constantFrom('a', '"', '\\\\', '{', ':', '__proto__', ''),
  fc.string({ maxLength: 3 }),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string({ maxLength: 4 }),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
})).value;

describe('JSON without a name twice', () => {
  it('is what JSON is, in any spelling', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(parseDistinct(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused with one more member of a name that is there, however it is spelled', async () => {
    const spelled = (text: string) => [...text].map((c) => (c < '\u{10000}' ? unicode(c) : c)).join('');
    const unicode = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, json, { minKeys: 1, maxKeys: 3 }),
        fc.nat(),
        async (value, which) => {
          const names = Object.keys(value);
          const again = names[which % names.length] as string;
          const text = `[${JSON.stringify(value).slice(0, -1)},"${spelled(again)}":0}]`;
          expect(await codeOf(() => parseDistinct(text))).toBe('proof_malformed');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes the longest strings, and no depth that a proof has not', async () => {
    const long = JSON.stringify({ a: '\n'.repeat(5_000_000), b: 'x'.repeat(20_000_000) });
    expect(parseDistinct(long)).toEqual(JSON.parse(long));
    expect(await codeOf(() => parseDistinct('['.repeat(33) + ']'.repeat(33)))).toBe('proof_malformed');
    expect(await codeOf(() => parseDistinct('['.repeat(1_000_000) + ']'.repeat(1_000_000)))).toBe(
      'proof_malformed',
    );
    expect(await codeOf(() => parseDistinct('{"a":'))).toBe('proof_malformed');
  });
});
