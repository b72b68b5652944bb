/**
 * Whether a JSON text names a member of an object twice. A parser keeps the last one, another the first: two readers of one proof would
 * read two proofs.
 *
 * @param value what the text was parsed to
 */
export function namesTwice(text: string, value: unknown): boolean {
  return colonsOutsideStrings(text) !== membersOf(value);
}

/** In JSON, one for each member that is written. */
function colonsOutsideStrings(text: string): number {
  let colons = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === ':') colons++;
    if (character !== '"') continue;
    for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++;
  }
  return colons;
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, one) => sum + membersOf(one), own);
}
