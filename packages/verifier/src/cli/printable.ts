import { UNSEEN_RULE } from '@sealtrail/format';

const UNSEEN = new RegExp(`[\\n\\t]|${UNSEEN_RULE}`, 'gu');

/**
 * One line for a terminal. Names and texts out of a store are whatever somebody put there, and a terminal obeys: a tenant could clear the
 * screen and write another verdict. What would not be seen is named.
 */
export function printable(line: string): string {
  return line.replace(UNSEEN, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** Several. A line break inside of one is none of the text's. */
export function printableLines(lines: readonly string[]): string {
  return lines.map(printable).join('\n');
}
