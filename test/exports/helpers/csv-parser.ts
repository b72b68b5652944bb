/**
 * Reads CSV by the letter of RFC 4180, section 2, and refuses everything else: a line end that is not CRLF, a quote inside
 * an unquoted cell, text after a closing quote, a last line without its end.
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { cell, end } = text[at] === '"' ? quoted(text, at) : plain(text, at);
    row.push(cell);
    at = end;
    if (text[at] === ',') {
      at++;
      if (at === text.length) throw new Error('the last line has no end');
    } else if (text.startsWith('\r\n', at)) {
      at += 2;
      rows.push(row);
      row = [];
    } else {
      throw new Error(`neither a comma nor a line end at ${at}`);
    }
  }
  if (row.length > 0) throw new Error('the last line has no end');
  return rows;
}

function plain(text: string, start: number): { cell: string; end: number } {
  let end = start;
  while (end < text.length && !',\r\n"'.includes(text[end] as string)) end++;
  return { cell: text.slice(start, end), end };
}

function quoted(text: string, start: number): { cell: string; end: number } {
  let cell = '';
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '"') cell += text[at];
    else if (text[at + 1] === '"') cell += text[at++];
    else return { cell, end: at + 1 };
  }
  throw new Error('a quoted cell has no end');
}

/** The text that a guarded cell stands for: one leading apostrophe is the guard. */
export function unguard(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}

/** What OWASP lists under CSV injection, and the same in full width. */
export const FORMULA_STARTS = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
