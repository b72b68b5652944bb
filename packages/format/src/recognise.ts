/**
 * A one-pass recogniser of canonical JSON (RFC 8785). It accepts exactly the texts that parse and re-encode to
 * themselves within a depth limit, several times faster than doing that; a property test holds it against the slow way.
 * The text is attacker-controlled: no recursion beyond the depth limit, no allocation but for unusual numbers and names.
 */
export function isCanonical(text: string, maxDepth: number): boolean {
  return scanValue(text, 0, maxDepth) === text.length;
}

/** Index after the canonical value that starts at `at`, or -1. */
export function scanValue(s: string, at: number, depthLeft: number): number {
  switch (s.charCodeAt(at)) {
    case QUOTE:
      return scanString(s, at);
    case BRACE:
      return depthLeft === 0 ? -1 : scanObject(s, at, depthLeft - 1);
    case BRACKET:
      return depthLeft === 0 ? -1 : scanArray(s, at, depthLeft - 1);
    case 0x74:
      return s.startsWith('true', at) ? at + 4 : -1;
    case 0x66:
      return s.startsWith('false', at) ? at + 5 : -1;
    case 0x6e:
      return s.startsWith('null', at) ? at + 4 : -1;
    default:
      return scanNumber(s, at);
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

function scanString(s: string, at: number): number {
  let i = at + 1;
  for (;;) {
    const c = s.charCodeAt(i);
    if (c === QUOTE) return i + 1;
    if (c === BACKSLASH) {
      i = scanEscape(s, i);
      if (i === -1) return -1;
    } else if (c >= 0x20 && c < 0xd800) {
      i++;
    } else if (c >= 0xe000) {
      i++;
    } else {
      // A control character, a surrogate that must begin a pair, or NaN at the end of the text.
      if (!(c >= 0xd800 && c < 0xdc00)) return -1;
      const low = s.charCodeAt(i + 1);
      if (!(low >= 0xdc00 && low < 0xe000)) return -1;
      i += 2;
    }
  }
}

// Only the seven short escapes and \u00xx for the other control characters are canonical.
const LONG_ESCAPE = /u00(?:0[0-7be-f]|1[0-9a-f])/y;

function scanEscape(s: string, at: number): number {
  switch (s.charCodeAt(at + 1)) {
    case QUOTE:
    case BACKSLASH:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 2;
    default:
      LONG_ESCAPE.lastIndex = at + 1;
      return LONG_ESCAPE.test(s) ? at + 6 : -1;
  }
}

function scanArray(s: string, at: number, depthLeft: number): number {
  let i = at + 1;
  if (s.charCodeAt(i) === BRACKET_END) return i + 1;
  for (;;) {
    i = scanValue(s, i, depthLeft);
    if (i === -1) return -1;
    const c = s.charCodeAt(i);
    if (c === BRACKET_END) return i + 1;
    if (c !== COMMA) return -1;
    i++;
  }
}

function scanObject(s: string, at: number, depthLeft: number): number {
  let i = at + 1;
  if (s.charCodeAt(i) === BRACE_END) return i + 1;
  let lastFrom = -1;
  let lastTo = -1;
  for (;;) {
    if (s.charCodeAt(i) !== QUOTE) return -1;
    const nameTo = scanString(s, i);
    if (nameTo === -1) return -1;
    if (lastFrom !== -1 && !nameBefore(s, lastFrom, lastTo, i, nameTo)) return -1;
    lastFrom = i;
    lastTo = nameTo;
    if (s.charCodeAt(nameTo) !== COLON) return -1;
    i = scanValue(s, nameTo + 1, depthLeft);
    if (i === -1) return -1;
    const c = s.charCodeAt(i);
    if (c === BRACE_END) return i + 1;
    if (c !== COMMA) return -1;
    i++;
  }
}

/** Whether the quoted name at [a, aTo) comes strictly before the one at [b, bTo), by UTF-16 code units. */
function nameBefore(s: string, a: number, aTo: number, b: number, bTo: number): boolean {
  let i = a + 1;
  let j = b + 1;
  while (i < aTo - 1 && j < bTo - 1) {
    const x = s.charCodeAt(i++);
    const y = s.charCodeAt(j++);
    // Escaped names do not compare by their spelling.
    if (x === BACKSLASH || y === BACKSLASH) return JSON.parse(s.slice(a, aTo)) < JSON.parse(s.slice(b, bTo));
    if (x !== y) return x < y;
  }
  return i >= aTo - 1 && j < bTo - 1;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[+-][0-9]+)?/y;

function scanNumber(s: string, at: number): number {
  let i = at;
  let c = s.charCodeAt(i);
  // Fast path: an integer of at most 15 digits is its own canonical form.
  if (c >= 0x31 && c <= 0x39) {
    while (c >= 0x30 && c <= 0x39) c = s.charCodeAt(++i);
    if (i - at <= 15 && c !== 0x2e && c !== 0x65) return i;
  }
  NUMBER.lastIndex = at;
  const match = NUMBER.exec(s);
  if (match === null) return -1;
  const spelled = match[0];
  // No canonical double is longer than 25 characters; a longer one is not worth converting.
  return spelled.length <= 25 && String(Number(spelled)) === spelled ? at + spelled.length : -1;
}
