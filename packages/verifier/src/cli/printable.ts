// Control characters, and what changes the direction or the lines of a text.
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/**
 * One line for a terminal. Names and texts out of a store are whatever somebody put there, and a terminal obeys: a tenant could clear the
 * screen and write another verdict.
 */
export function printable(line: string): string {
  return line.replace(UNSEEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Several. A line break inside of one is none of the text's. */
export function printableLines(lines: readonly string[]): string {
  return lines.map(printable).join('\n');
}
