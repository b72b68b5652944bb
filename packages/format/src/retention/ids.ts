// What destroys, or keeps from being destroyed, has ids of its own: each name and each position once.

const RELEASED = ':released';
const FORM = /^(hold|erased|pruned):/;

/** The id of the entry that sets a hold. It is taken for good: a hold that was released is not set again under its name. */
export function holdId(hold: string): string {
  return `hold:${hold}`;
}

/** The id of the entry that ends a hold. */
export function releasedId(hold: string): string {
  return `${holdId(hold)}${RELEASED}`;
}

/** Whether a name of a hold would give the entry that sets it the id of one that ends another. */
export function looksReleased(hold: string): boolean {
  return hold.endsWith(RELEASED);
}

/** The id of one of the entries that account for an erasure. */
export function erasedId(erasure: string, part: number): string {
  return `erased:${erasure}:${part}`;
}

/** The id of the entry that accounts for what was pruned up to a position. */
export function prunedId(to: number): string {
  return `pruned:${to}`;
}

/** Whether an id has the form of one of these. */
export function isRetentionId(id: string): boolean {
  return FORM.test(id);
}
