import type { Collection, Db } from 'mongodb';
import type { Build, IndexedEntry, Progress } from '../port.ts';
import { dueAt, type ProposalRow } from '../proposal-row.ts';

/** `_id` is the tenant. */
export type ProgressDocument = Omit<Progress, 'tenant'> & { readonly _id: string };

/** `_id` is `BUILD/SEQ`. */
export interface EntryDocument {
  readonly _id: string;
  readonly build: Build;
  readonly seq: number;
  readonly facets: readonly string[];
}

/** `_id` is `BUILD/PROPOSAL`; `row` is JSON, which no driver converts. */
export interface ProposalDocument {
  readonly _id: string;
  readonly build: Build;
  readonly proposal: string;
  /** Absent until the proposal is in the log. */
  readonly created_seq?: number;
  /** Present while the proposal is pending and has a time limit. */
  readonly due_at?: string;
  readonly row: string;
}

export interface Collections {
  readonly progress: Collection<ProgressDocument>;
  readonly entries: Collection<EntryDocument>;
  readonly proposals: Collection<ProposalDocument>;
}

export function collections(db: Db): Collections {
  return {
    progress: db.collection('views_progress'),
    entries: db.collection('views_entries'),
    proposals: db.collection('views_proposals'),
  };
}

/** Makes collections and indexes. Does nothing when they are there. */
export async function prepareIndex(db: Db, { entries, proposals }: Collections): Promise<void> {
  // Ahead of the transactions that write to them: one that had to make a collection would hold up all the others.
  const there = new Set((await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name));
  for (const name of ['views_progress', 'views_entries', 'views_proposals']) {
    if (!there.has(name)) await createCollection(db, name);
  }
  await entries.createIndexes([{ key: { build: 1, facets: 1, seq: 1 }, name: 'build_facets_seq' }]);
  await proposals.createIndexes([
    { key: { build: 1, created_seq: 1 }, name: 'build_created' },
    { key: { build: 1, due_at: 1, proposal: 1 }, name: 'build_due' },
  ]);
}

const NAMESPACE_EXISTS = 48;

async function createCollection(db: Db, name: string): Promise<void> {
  try {
    await db.createCollection(name);
  } catch (error) {
    // Another process made it in the same moment.
    if ((error as { readonly code?: unknown }).code !== NAMESPACE_EXISTS) throw error;
  }
}

export function entryDocument(build: Build, { seq, facets }: IndexedEntry): EntryDocument {
  return { _id: `${build}/${seq}`, build, seq, facets };
}

export function proposalDocument(build: Build, row: ProposalRow): ProposalDocument {
  const { proposal, status, created } = row;
  const due_at = dueAt(row);
  return {
    _id: `${build}/${proposal}`,
    build,
    proposal,
    ...(status === undefined || created === undefined ? {} : { created_seq: created.seq }),
    ...(due_at === undefined ? {} : { due_at }),
    row: JSON.stringify(row),
  };
}
