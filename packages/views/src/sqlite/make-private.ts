import { closeSync, fchmodSync, openSync, statSync } from 'node:fs';

const OWNER_ONLY = 0o600;

/**
 * Makes a new index's file before the driver makes one that everybody may read: it says who did what with which record. Beside a store
 * it is for those whom the store is for, elsewhere for its owner alone. A file that is there keeps what it has.
 */
export function makePrivate(path: string): void {
  if (path === ':memory:' || path.startsWith('file:')) return;
  try {
    const file = openSync(path, 'wx', OWNER_ONLY);
    try {
      fchmodSync(file, modeBeside(path));
    } finally {
      closeSync(file);
    }
  } catch {
    // It is there, or it cannot be made: the driver says so.
  }
}

function modeBeside(path: string): number {
  const store = path.replace(/\.views$/, '');
  const there = store === path ? undefined : statSync(store, { throwIfNoEntry: false });
  return there === undefined ? OWNER_ONLY : there.mode & 0o666;
}
