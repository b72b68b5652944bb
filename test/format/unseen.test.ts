import { UNSEEN_RULE } from '@sealtrail/format';
import { printable } from '@sealtrail/verifier/cli';
import { describe, expect, it } from 'vitest';

const UNSEEN = new RegExp(UNSEEN_RULE, 'gu');

describe('a character that cannot be seen', () => {
  it.each([
    ['a control character', 'a\u0007b'],
    ['a direction', 'exe\u202egnp'],
    ['a soft hyphen', 'u-17\u00ad'],
    ['a space without width', 'ad\u200bmin'],
    ['a filler', 'Anna\u3164'],
    ['a joiner between letters that nothing joins', 'u-1\u200d7'],
    ['a joiner after an accent', 'Jose\u0301\u200d'],
    ['a joiner that joins nothing', '👩\u200d'],
    ['a joiner in a script without joining', 'שלום\u200c'],
    ['a selector of a digit', 'u-17\ufe0f'],
    ['one selector after another', '❤\ufe0f\u{e0100}'],
    ['a tag', '🏴\u{e0041}'],
  ])('is named: %s', (_, text) => {
    expect(text.match(UNSEEN)).toHaveLength(1);
    expect(printable(text)).toMatch(/\\u/);
  });

  it.each([
    ['Persian', 'می‌خواهم'],
    ['Hindi', 'क्‍ष'],
    ['a family', '👨‍👩‍👧‍👦'],
    ['a colour of skin', '👩🏽‍💻'],
    ['a burning heart', '❤️‍🔥'],
    ['flags', '🏳️‍🌈🏳️‍⚧️'],
    ['a keycap', '1️⃣'],
    ['an ideograph of another form', '葛\u{e0100}'],
    ['what is seen', 'Übung Ελληνικά русский 她邮件 ١٠٤ é'],
  ])('is left where it has a part in what is seen: %s', (_, text) => {
    expect(text.match(UNSEEN)).toBe(null);
    expect(printable(text)).toBe(text);
  });

  it('is none that ends a line in a text, and is one in a line', () => {
    expect('a\n\tb'.match(UNSEEN)).toBe(null);
    expect(printable('a\n\tb\u{e0041}')).toBe('a\\u000a\\u0009b\\u{e0041}');
  });
});
