import fc from 'fast-check';
import { BSON, Double, Long } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { EntryDocuments } from '../../packages/verifier/src/readers/entry-document.ts';

const ROW = {
  _id: 'acme/7',
  tenant: 'acme',
  seq: 7,
  id: 'e-7',
  type: 'proposal.created',
  time: '2026-03-02T08:12:04.117Z',
  hash: 'ab'.repeat(32),
  entry: '{"actor":{"id":"Zoë","type":"user"}}',
  openings: '{"reason":{"salt":"00","value":"10 % off"}}',
};

let asked = 0;
const documents = new EntryDocuments({
  ...BSON,
  deserialize: ((...given: Parameters<typeof BSON.deserialize>) => {
    asked++;
    return BSON.deserialize(...given);
  }) as typeof BSON.deserialize,
});

function strictly(bytes: Uint8Array): unknown {
  try {
    return BSON.deserialize(bytes);
  } catch {
    return undefined;
  }
}

describe('a stored entry, as MongoDB sends it', () => {
  it('is read without the driver when it has the fields that the store writes', () => {
    asked = 0;
    expect(documents.row(BSON.serialize(ROW))).toEqual(ROW);
    expect(documents.row(BSON.serialize({ ...ROW, entry: '', openings: 'Ω\u{1f600}' }))).toEqual({
      ...ROW,
      entry: '',
      openings: 'Ω\u{1f600}',
    });
    expect(asked).toBe(0);
  });

  it('is left to the driver when it has others, in another order, or of other types', () => {
    const { entry, ...without } = ROW;
    for (const row of [
      { ...ROW, note: 'x' },
      { ...without, entry },
      without,
      { ...ROW, seq: new Double(7.5) },
      { ...ROW, seq: Long.fromString('9007199254740993') },
      { ...ROW, hash: null },
      { ...ROW, entry: { text: entry } },
      { ...ROW, entry: `${entry}\ufffd` },
      { tenant: 'acme' },
      {},
    ]) {
      asked = 0;
      expect(documents.row(BSON.serialize(row))).toEqual(BSON.deserialize(BSON.serialize(row)));
      expect(asked).toBeGreaterThan(0);
    }
  });

  it('with a text that is not UTF-8 is given with a column that no entry has', () => {
    const bytes = BSON.serialize(ROW);
    bytes[Buffer.from(bytes).indexOf('"Zo') + 1] = 0xff;
    expect(documents.row(bytes)).toEqual({
      ...ROW,
      entry: ROW.entry.replace('Z', '\ufffd'),
      'not UTF-8': true,
    });
  });

  it('with a name twice is given with a column that no entry has', () => {
    for (const name of ['iX', 'entrX']) {
      const bytes = Buffer.from(BSON.serialize({ ...ROW, [name]: ROW.id, id: ROW.id }));
      const last = name.length - 1;
      bytes[bytes.indexOf(`${name}\0`, 0, 'latin1') + last] = name === 'iX' ? 0x64 : 0x79;
      expect(documents.row(bytes)).toMatchObject({ 'a name twice': true });
    }
  });

  it('reads as the driver reads it, whatever bytes somebody put there', () => {
    let read = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 0x10, 0x80, 0xff))), {
          minLength: 1,
          maxLength: 3,
        }),
        (changes) => {
          const bytes = Buffer.from(BSON.serialize(ROW));
          // The document's own length is the driver's business: it cut the document out by it.
          for (const [where, value] of changes) bytes[4 + (where % (bytes.length - 5))] = value;
          const expected = strictly(bytes) as typeof ROW | undefined;
          if (expected === undefined) {
            // No document, or one with a text that is not UTF-8: refused, or marked as what it is not.
            try {
              expect(documents.row(bytes)).not.toEqual(ROW);
            } catch (error) {
              expect(error).toBeInstanceOf(BSON.BSONError);
            }
            return;
          }
          asked = 0;
          const got = documents.row(bytes) as typeof ROW;
          if (asked > 0) {
            // A changed name may be another one's, or a type one that the driver writes otherwise than it is stored.
            const { 'a name twice': _, ...row } = got as typeof ROW & { 'a name twice'?: true };
            expect(row).toEqual(expected);
            return;
          }
          read++;
          const { entry, openings, seq } = expected;
          expect(got).toMatchObject({ entry, openings, seq });
          // Columns beyond ASCII may read as other characters, never as those of an entry.
          for (const name of ['_id', 'tenant', 'id', 'type', 'time', 'hash'] as const) {
            if (isAscii(got[name]) || isAscii(expected[name])) expect(got[name]).toBe(expected[name]);
          }
        },
      ),
      { numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(3_000);
  });
});

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  return /^[\x00-\x7f]*$/.test(text);
}
