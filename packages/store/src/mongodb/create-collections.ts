import type { Db } from 'mongodb';
import { isNamespaceExists } from './errors.ts';

/**
 * Makes the collections that are not there yet, ahead of the transactions that write to them: one that had to make a collection would
 * hold up all the others.
 */
export async function createCollections(db: Db, names: readonly string[]): Promise<void> {
  const there = await collectionNames(db);
  for (const name of names) {
    if (!there.has(name)) await createCollection(db, name);
  }
}

export async function collectionNames(db: Db): Promise<ReadonlySet<string>> {
  return new Set((await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name));
}

async function createCollection(db: Db, name: string): Promise<void> {
  try {
    await db.createCollection(name);
  } catch (error) {
    // Another process made it in the same moment.
    if (!isNamespaceExists(error)) throw error;
  }
}
