import {
  anchorHash,
  canonicalize,
  commit,
  decodeUtf8,
  entryHash,
  isCanonical,
  isSealtrailError,
  MAX_DEPTH,
  readAnchor,
  readEntry,
  recordKey,
  SegmentRecords,
  type Target,
  touchDigest,
} from '@sealtrail/format';
import { describe, expect, it } from 'vitest';
import { vectors } from './load.ts';

interface Encoding {
  name: string;
  input: string | null;
  inputHex?: string;
  canonical?: string;
  wantErr?: boolean;
}
interface TextCases {
  valid: { name: string; text: string; hash: string; repeat?: Repeat }[];
  invalid: { name: string; text: string; wantCode: string; repeat?: Repeat }[];
}
interface Repeat {
  mark: string;
  text: string;
  count: number;
}

const canonical = vectors<{ encode: Encoding[]; recognise: Encoding[] }>('canonical.json');

describe('canonical JSON', () => {
  it.each(canonical.encode)('encodes: $name', ({ name, input, canonical: want }) => {
    const encode = () => canonicalize(JSON.parse(input as string));
    const refused = /\b33 deep/.test(name) ? 'value_too_deep' : 'value_not_json';
    if (want === undefined) expect(codeOf(encode)).toBe(refused);
    else expect(encode()).toBe(want);
  });

  it.each(canonical.recognise)('recognises: $name', ({ input, inputHex, canonical: want }) => {
    const bytes =
      inputHex === undefined ? Buffer.from(input as string, 'utf8') : Buffer.from(inputHex, 'hex');
    // A lone surrogate has no UTF-8: Buffer.from would replace it, so such inputs come as hex or as escapes.
    let accepted: boolean;
    try {
      accepted = isCanonical(decodeUtf8(bytes), MAX_DEPTH);
    } catch (error) {
      expect(isSealtrailError(error, 'not_canonical')).toBe(true);
      accepted = false;
    }
    expect(accepted).toBe(want !== undefined);
  });
});

function textOf({ text, repeat }: { text: string; repeat?: Repeat }): string {
  return repeat === undefined ? text : text.replace(repeat.mark, repeat.text.repeat(repeat.count));
}

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return isSealtrailError(error) ? error.code : `threw ${error}`;
  }
  return 'accepted';
}

describe('entries', () => {
  const cases = vectors<TextCases>('entries.json');

  it.each(cases.valid)('accepts and hashes: $name', (one) => {
    const text = textOf(one);
    expect(codeOf(() => readEntry(text))).toBe('accepted');
    expect(entryHash(text)).toBe(one.hash);
    expect(canonicalize(readEntry(text))).toBe(text);
  });

  it.each(cases.invalid)('refuses: $name', (one) => {
    expect(codeOf(() => readEntry(textOf(one)))).toBe(one.wantCode);
  });
});

describe('anchors', () => {
  const cases = vectors<TextCases>('anchors.json');

  it.each(cases.valid)('accepts and hashes: $name', (one) => {
    const text = textOf(one);
    expect(codeOf(() => readAnchor(text))).toBe('accepted');
    expect(anchorHash(text)).toBe(one.hash);
  });

  it.each(cases.invalid)('refuses: $name', (one) => {
    expect(codeOf(() => readAnchor(textOf(one)))).toBe(one.wantCode);
  });
});

describe('commitments', () => {
  const { cases } = vectors<{ cases: { name: string; salt: string; value: unknown; commitment: string }[] }>(
    'commitments.json',
  );
  it.each(cases)('$name', ({ salt, value, commitment }) => {
    expect(commit(salt, value)).toBe(commitment);
  });
});

interface Segment {
  name: string;
  tenant: string;
  entries: { seq: number; hash: string; targets: Target[] }[];
  records: { type: string; id: string; key: string; positions: number[]; touch: string; leaf: string }[];
  records_root: string;
  records_size: number;
}

describe('records trees', () => {
  it.each(vectors<{ segments: Segment[] }>('records.json').segments)('$name', (segment) => {
    const records = new SegmentRecords(segment.tenant);
    for (const { targets, seq, hash } of segment.entries) records.add(targets, { seq, hash });
    expect(records.summary()).toEqual({ root: segment.records_root, size: segment.records_size });
    expect(records.leaves()).toEqual(
      segment.records.map(({ key, touch, leaf }) => ({ key, digest: touch, hash: leaf })),
    );
    const hashes = new Map(segment.entries.map(({ seq, hash }) => [seq, hash]));
    for (const { type, id, key, positions, touch } of segment.records) {
      expect(recordKey(segment.tenant, { type, id })).toBe(key);
      const touches = positions.map((seq) => ({ seq, hash: hashes.get(seq) as string }));
      expect(touchDigest(touches)).toBe(touch);
    }
  });
});
