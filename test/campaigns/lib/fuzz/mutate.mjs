// @ts-check

// Changes to a text that know what texts of this kind are made of: numbers, hashes, quotes, brackets, lines, base64.

const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\',
  '\n',
  '\n\n',
  '\r\n',
  '\t',
  '\u0000',
  ' ',
  '—',
  '+',
  '=',
  '/',
  '.',
  '-',
  '~',
  'null',
  'true',
  '0',
  '-0',
  '1e999',
  '9007199254740993',
  '-1',
  '0.1',
  '00',
  '\u00e9',
  'e\u0301',
  '\ud800',
  '\u{1f512}',
  '__proto__',
  'constructor',
  '"a":1,',
  '{"a":',
  '[[[[[[[[',
  'AAAA',
  '0'.repeat(64),
  'f'.repeat(64),
  'x'.repeat(300),
];
const NUMBERS = [
  '0',
  '1',
  '-1',
  '9007199254740991',
  '9007199254740992',
  '1.5',
  '1e3',
  '01',
  '4294967296',
  '65536',
];

/**
 * @param {string} text
 * @param {readonly string[]} others valid texts to take parts from
 * @param {() => number} random
 * @returns {string}
 */
export function mutate(text, others, random) {
  let result = text;
  const times = 1 + Math.floor(random() * random() * 6);
  for (let i = 0; i < times; i++) result = once(result, others, random);
  return result;
}

/**
 * @param {string} text
 * @param {readonly string[]} others
 * @param {() => number} random
 */
function once(text, others, random) {
  const pick = (/** @type {readonly string[]} */ list) =>
    /** @type {string} */ (list[Math.floor(random() * list.length)]);
  const at = Math.floor(random() * (text.length + 1));
  const length = Math.floor(random() ** 3 * (text.length - at));
  const before = text.slice(0, at);
  const after = text.slice(at + length);
  switch (Math.floor(random() * 11)) {
    case 0:
      return before + after;
    case 1:
      return before + pick(TOKENS) + text.slice(at);
    case 2:
      return before + pick(TOKENS) + after;
    case 3:
      return text.slice(0, at + length) + text.slice(at);
    case 4:
      return (
        before +
        String.fromCharCode(Math.floor(random() * (random() < 0.9 ? 128 : 65_536))) +
        text.slice(at + 1)
      );
    case 5:
      return text.replace(/[0-9a-f]{64}/, () => pick(['0'.repeat(64), 'A'.repeat(64), 'f'.repeat(63)]));
    case 6:
      return replaceSome(text, /-?\d+/g, () => pick(NUMBERS), random);
    case 7:
      return swapLines(text, random);
    case 8: {
      const other = pick(others);
      const from = Math.floor(random() * other.length);
      return before + other.slice(from, from + length + 1) + after;
    }
    case 9:
      return text.slice(0, at);
    default:
      return replaceSome(
        text,
        /"[^"\\]{0,40}"/g,
        () => pick(['""', '"a"', '1', 'null', '[]', '{}', '"\\u0041"']),
        random,
      );
  }
}

/**
 * @param {string} text
 * @param {RegExp} what
 * @param {() => string} by
 * @param {() => number} random
 */
function replaceSome(text, what, by, random) {
  const found = text.match(what)?.length ?? 0;
  let chosen = Math.floor(random() * found);
  return text.replace(what, (match) => (chosen-- === 0 ? by() : match));
}

/**
 * @param {string} text
 * @param {() => number} random
 */
function swapLines(text, random) {
  const lines = text.split('\n');
  const a = Math.floor(random() * lines.length);
  const b = Math.floor(random() * lines.length);
  [lines[a], lines[b]] = [/** @type {string} */ (lines[b]), /** @type {string} */ (lines[a])];
  return lines.join('\n');
}
