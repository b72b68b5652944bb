import { statSync } from 'node:fs';

/**
 * The permissions of a new index, which says who did what with which record: beside a store it is for those whom the store is for.
 * Undefined elsewhere.
 */
export function modeBeside(path: string): number | undefined {
  const store = path.replace(/\.views$/, '');
  const there = store === path ? undefined : statSync(store, { throwIfNoEntry: false });
  return there === undefined ? undefined : there.mode & 0o666;
}
