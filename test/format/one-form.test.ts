import { encodeBundleLine, isDirectoryLine, readBundleLine, ZERO_HASH } from '@sealtrail/format';
import { describe, expect, it } from 'vitest';

const hash = 'ab'.repeat(32);

describe('a line of a bundle', () => {
  const end = { kind: 'end', value: { anchors: 3, entries: 8, tenants: 2 } } as const;
  const line = encodeBundleLine(end);

  it.each([
    ['with white space', line.replace(':', ': ')],
    ['with a member twice', line.replace('"tenants"', '"tenants":1,"tenants"')],
    ['with a number written otherwise', line.replace(':2', ':2.0')],
    ['with white space behind it', `${line} `],
  ])('%s is none', (_, changed) => {
    expect(readBundleLine(line)).toEqual(end);
    expect(() => readBundleLine(changed)).toThrow(expect.objectContaining({ code: 'bundle_malformed' }));
  });
});

describe('a line of a directory', () => {
  const line = { key: hash, anchors: 2, entries: 8, last: hash };
  const before = { key: hash, anchors: 0, entries: 0, last: ZERO_HASH };

  it('goes with others that are as large, and with one before the first anchor', () => {
    for (const one of [line, before, { ...line, entries: 2 }]) expect(isDirectoryLine(one)).toBe(true);
  });

  it.each([
    ['parts of an anchor', { ...line, anchors: 1.5 }],
    ['parts of an entry', { ...line, entries: 8.5 }],
    ['more than can be counted', { ...line, entries: 2 ** 53 }],
    ['fewer entries than anchors', { ...line, entries: 1 }],
    ['less than nothing', { ...line, anchors: -1 }],
    ['entries without an anchor', { ...before, entries: 1 }],
    ['an anchor’s hash without an anchor', { ...before, last: hash }],
    ['a key that is no hash', { ...line, key: hash.toUpperCase() }],
    ['no hash of the newest anchor', { ...line, last: '' }],
  ])('with %s is none', (_, one) => {
    expect(isDirectoryLine(one)).toBe(false);
  });
});
