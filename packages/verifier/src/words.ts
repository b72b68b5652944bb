// Numbers as reports say them to people.

/** A number with commas between its thousands. */
export function number(n: number): string {
  return n.toLocaleString('en-US');
}

/** So many of something. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/** So many entries. */
export function entryCount(n: number): string {
  return count(n, 'entry', 'entries');
}
