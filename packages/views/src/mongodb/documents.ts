import { createCollections, type MongodbConnection } from '@sealtrail/store/mongodb';
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

/** What each command of these is waited for is bounded; cursors are not. */
export function collections({ db, answers }: MongodbConnection): Collections {
  return {
    progress: answers.of(db.collection('views_progress')),
    entries: answers.of(db.collection('views_entries')),
    proposals: answers.of(db.collection('views_proposals')),
  };
}

/** Makes collections and indexes. Does nothing when they are there. */
export async function prepareIndex(db: Db): Promise<void> {
  await createCollections(db, ['views_progress', 'views_entries', 'views_proposals']);
  await db
    .collection('views_entries')
    .createIndexes([{ key: { build: 1, facets: 1, seq: 1 }, name: 'build_facets_seq' }]);
  await db.collection('views_proposals').createIndexes([
    { key: { build: 1, created_seq: 1 }, name: 'build_created' },
    { key: { build: 1, due_at: 1, proposal: 1 }, name: 'build_due' },
  ]);
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
