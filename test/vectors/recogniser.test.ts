import {
  canonicalize,
  isCanonical,
  isTime,
  MAX_DEPTH,
  readBundleLine,
  readOpenings,
  scanOpenings,
} from '@sealtrail/format';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as noble from '../../packages/format/dist/sha256/noble.js';
import * as node from '../../packages/format/dist/sha256/node.js';

/** The slow rule of the specification: parse, encode again, compare. */
function isCanonicalSlowly(text: string): boolean {
  try {
    return canonicalize(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

const json = fc.jsonValue({ depthSize: 'medium', maxDepth: 8 }).map((value) => canonicalize(value));
/** Canonical texts with a few characters replaced, removed or inserted, structural ones above all. */
const mutated = fc
  .tuple(
    json,
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('replace', 'remove', 'insert'), character()), {
      maxLength: 3,
    }),
  )
  .map(([text, edits]) =>
    edits.reduce((now, [where, how, what]) => {
      const at = now.length === 0 ? 0 : where % now.length;
      return now.slice(0, at) + (how === 'remove' ? '' : what) + now.slice(how === 'insert' ? at : at + 1);
    }, text),
  );
function character(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(...'"\\{}[],:0123456789-+.eEtfnu \n\u0000\u001f\ud800\udc00é'),
    fc.string({ maxLength: 1 }),
  );
}

/** What openings say, as far as they are well-formed. */
function openedAlone(text: string): unknown {
  try {
    return scanOpenings(text);
  } catch {
    return undefined;
  }
}

/** The same, from a line of a bundle that they stand in. */
function openedInLine(text: string): unknown {
  try {
    const line = readBundleLine(`{"entry":{},"openings":${text}}`);
    return line.kind === 'entry' ? line.opened : undefined;
  } catch {
    return undefined;
  }
}

describe('the recogniser', () => {
  it('accepts exactly the texts that re-encode to themselves', () => {
    fc.assert(
      fc.property(fc.oneof(json, mutated, fc.string()), (text) => {
        expect(isCanonical(text, MAX_DEPTH)).toBe(isCanonicalSlowly(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('reads openings by the same rule', () => {
    const openings = fc.dictionary(
      fc.constantFrom('args', 'rationale', 'reason', 'a.b', 'Bad', '__proto__'),
      fc.record({
        salt: fc.constantFrom('0'.repeat(32), 'f'.repeat(32), 'f'.repeat(31)),
        value: fc.jsonValue(),
      }),
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(openings, fc.nat(), fc.constantFrom('', '"', '}', ',', ' '), (value, where, insert) => {
        const text = canonicalize(value);
        const edited =
          insert === ''
            ? text
            : text.slice(0, where % text.length) + insert + text.slice(where % text.length);
        expect(openedInLine(edited)).toEqual(openedAlone(edited));
        let read: unknown;
        try {
          read = readOpenings(edited);
        } catch {
          return;
        }
        expect(canonicalize(read, MAX_DEPTH + 2)).toBe(edited);
        expect(scanOpenings(edited).map(({ field }) => field)).toEqual(Object.keys(read as object));
      }),
      { numRuns: 2_000 },
    );
  });

  it('knows the same instants as the calendar', () => {
    const part = (min: number, max: number, width: number) =>
      fc.integer({ min, max }).map((n) => String(n).padStart(width, '0'));
    const times = fc
      .tuple(
        part(1960, 2105, 4),
        part(0, 13, 2),
        part(0, 32, 2),
        part(0, 25, 2),
        part(0, 61, 2),
        part(0, 61, 2),
        part(0, 999, 3),
      )
      .map(([y, mo, d, h, mi, s, ms]) => `${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`);
    fc.assert(
      fc.property(times, (time) => {
        const at = new Date(time);
        expect(isTime(time)).toBe(at.getTime() >= 0 && at.toISOString() === time);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('the two SHA-256 implementations', () => {
  it('agree', () => {
    const hash = fc
      .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 64, maxLength: 64 })
      .map((d) => d.join(''));
    fc.assert(
      fc.property(fc.nat(255), fc.string({ unit: 'grapheme' }), hash, hash, (prefix, text, a, b) => {
        expect(node.sha256Text(prefix, text)).toBe(noble.sha256Text(prefix, text));
        expect(node.sha256Pair(prefix, a, b)).toBe(noble.sha256Pair(prefix, a, b));
        expect(node.sha256HexText(prefix, a, text)).toBe(noble.sha256HexText(prefix, a, text));
      }),
      { numRuns: 300 },
    );
    const large = 'é'.repeat(200_000);
    expect(node.sha256Text(0, large)).toBe(noble.sha256Text(0, large));
    expect(node.sha256HexText(2, '00', large)).toBe(noble.sha256HexText(2, '00', large));
  });
});
