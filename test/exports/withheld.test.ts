import { ENTRY_FORMATS } from '@sealtrail/views/export';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLog } from '../support/memory-log.ts';
import { MemorySource, tablesOf } from '../support/memory-source.ts';
import { SECRET } from './helpers/samples.ts';
import { exportAt, exportFrom, storeWith } from './helpers/stored.ts';

describe.each(ENTRY_FORMATS)('%s withholds what is sealed', (format) => {
  it('by default, in a log with every entry type; and has it when asked', async () => {
    const { location } = await storeWith();
    const withheld = await exportAt(location, { format });
    expect(withheld.text).not.toMatch(SECRET);
    expect(withheld.result.values).toBe('withheld');
    const asked = await exportAt(location, { format, values: 'withheld' });
    expect(asked.text).toBe(withheld.text);
    const included = await exportAt(location, { format, values: 'included' });
    expect(included.text).toMatch(SECRET);
    expect(included.result.values).toBe('included');
  });

  it('never gives salts away', async () => {
    const log = buildLog({ entries: 30 });
    const { text } = await exportFrom(new MemorySource(tablesOf(log)), { format, values: 'included' });
    expect(JSON.stringify(log.entries)).toMatch(/a{20,}/);
    expect(text).not.toMatch(/a{20,}/);
  });

  it('whatever the values are', async () => {
    // Long enough not to be in an export by chance.
    const secret = fc.oneof(
      fc.string({ minLength: 12, maxLength: 40 }),
      fc.string({ unit: 'grapheme', minLength: 12, maxLength: 20 }),
    );
    const value = fc.oneof(
      secret.map((text) => ({ text, sealed: text })),
      secret.map((text) => ({ text, sealed: { deep: [text] } })),
      secret.map((text) => ({ text, sealed: { [text]: null } })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 6 }), async (values) => {
        const log = buildLog({
          entries: values.length + 1,
          sealed: (seq) => ({ value: values[seq - 1]?.sealed ?? null }),
        });
        const source = new MemorySource(tablesOf(log));
        const withheld = spellings((await exportFrom(source, { format })).text);
        const included = spellings((await exportFrom(source, { format, values: 'included' })).text);
        for (const { text } of values) {
          const escaped = JSON.stringify(text).slice(1, -1);
          expect(withheld.some((output) => output.includes(text) || output.includes(escaped))).toBe(false);
          expect(included.some((output) => output.includes(escaped))).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** An output as it is, and without the doubling of quotes that CSV does. */
function spellings(output: string): string[] {
  return [output, output.replaceAll('""', '"')];
}
