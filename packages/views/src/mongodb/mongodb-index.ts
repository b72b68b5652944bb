import { randomBytes } from 'node:crypto';
import { DURABLE, isDuplicateKey, MongodbConnection } from '@sealtrail/store/mongodb';
import {
  type Bounds,
  type Candidate,
  type DuePlace,
  type Index,
  type IndexedEntry,
  LAYOUT_VERSION,
  type Order,
  type Progress,
} from '../port.ts';
import type { ProposalRow } from '../proposal-row.ts';
import {
  type Collections,
  collections,
  type EntryDocument,
  entryDocument,
  type ProgressDocument,
  type ProposalDocument,
  prepareIndex,
  proposalDocument,
} from './documents.ts';

/** Documents of an earlier build that are deleted at once. */
const DISCARD_DOCUMENTS = 5_000;

/**
 * Opens or makes an index in the database that a URL names, through a connection of its own.
 *
 * @throws SealtrailError `config_invalid` for an unusable URL, `store_unavailable`
 */
export async function openMongodbIndex(url: string): Promise<Index> {
  const options = { readConcern: 'majority', closed: 'the views are closed' } as const;
  return new MongodbIndex(await MongodbConnection.open(url, options, prepareIndex));
}

class MongodbIndex implements Index {
  readonly #connection: MongodbConnection;
  readonly #collections: Collections;

  constructor(connection: MongodbConnection) {
    this.#connection = connection;
    this.#collections = collections(connection);
  }

  async progress(tenant: string): Promise<Progress | undefined> {
    return this.#guarded(async () => {
      const document = await this.#collections.progress.findOne({ _id: tenant });
      return document === null ? undefined : progressFrom(document);
    });
  }

  async begin(tenant: string, before: Progress | undefined): Promise<Progress | undefined> {
    const { progress, entries, proposals } = this.#collections;
    const begun = { build: randomBytes(9).toString('base64url'), layout: LAYOUT_VERSION, seq: -1, hash: '' };
    return this.#guarded(async () => {
      if (before === undefined) {
        // Somebody may have dropped the collections to have them built again.
        await prepareIndex(this.#connection.db);
        try {
          await progress.insertOne({ _id: tenant, ...begun }, DURABLE);
        } catch (error) {
          if (isDuplicateKey(error)) return undefined;
          throw error;
        }
      } else {
        const { build, seq } = before;
        const { matchedCount } = await progress.updateOne(
          { _id: tenant, build, seq },
          { $set: begun },
          DURABLE,
        );
        if (matchedCount === 0) return undefined;
        // Nobody adds to the earlier build any more: to add is to move its progress.
        for (const collection of [entries, proposals]) await this.#discard(collection.collectionName, build);
      }
      return { tenant, ...begun };
    });
  }

  async add(
    from: Progress,
    to: Pick<Progress, 'seq' | 'hash'>,
    indexed: readonly IndexedEntry[],
    rows: readonly ProposalRow[],
  ): Promise<Progress | undefined> {
    const { progress, entries, proposals } = this.#collections;
    const { tenant, build, seq } = from;
    return this.#guarded(() =>
      this.#connection.transaction(async (session) => {
        const { matchedCount } = await progress.updateOne(
          { _id: tenant, build, seq },
          { $set: to },
          { session },
        );
        if (matchedCount === 0) return undefined;
        await entries.insertMany(
          indexed.map((one) => entryDocument(build, one)),
          { session },
        );
        if (rows.length > 0) {
          const documents = rows.map((row) => proposalDocument(build, row));
          // With the build, so that a sharded cluster asks the one shard that has it; in a transaction every other one
          // would have to take part.
          await proposals.deleteMany({ build, _id: { $in: documents.map(({ _id }) => _id) } }, { session });
          await proposals.insertMany(documents, { session });
        }
        return { ...from, ...to };
      }),
    );
  }

  async proposals(build: string, ids: readonly string[]): Promise<ProposalRow[]> {
    const _id = { $in: ids.map((id) => `${build}/${id}`) };
    return this.#guarded(async () =>
      (await this.#connection.answers.all(this.#collections.proposals.find({ build, _id }))).map(rowFrom),
    );
  }

  async count(build: string, facet: string, { from, to }: Bounds, cap: number): Promise<number> {
    const filter = { build, facets: facet, seq: { $gte: from, $lte: to } };
    return this.#guarded(() => this.#collections.entries.countDocuments(filter, { limit: cap }));
  }

  async scan(
    build: string,
    along: string,
    others: readonly string[],
    { from, to }: Bounds,
    order: Order,
    limit: number,
  ): Promise<Candidate[]> {
    return this.#guarded(async () => {
      const found = this.#collections.entries
        .find(
          { build, facets: along, seq: { $gte: from, $lte: to } },
          { projection: { _id: 0, seq: 1, ...(others.length > 0 ? { facets: 1 } : {}) } },
        )
        .sort({ seq: order === 'newest' ? -1 : 1 })
        .limit(limit);
      return (await this.#connection.answers.all(found)).map(({ seq, facets }) => ({
        seq,
        matches: others.every((facet) => facets.includes(facet)),
      }));
    });
  }

  async created(build: string, { from, to }: Bounds, limit: number): Promise<ProposalRow[]> {
    return this.#guarded(async () => {
      const found = this.#collections.proposals
        .find({ build, created_seq: { $gte: from, $lte: to } })
        .sort({ created_seq: 1 })
        .limit(limit);
      return (await this.#connection.answers.all(found)).map(rowFrom);
    });
  }

  async due(
    build: string,
    before: string,
    after: DuePlace | undefined,
    limit: number,
  ): Promise<ProposalRow[]> {
    const { expires_at, proposal } = after ?? { expires_at: '', proposal: '' };
    return this.#guarded(async () => {
      const found = this.#collections.proposals
        .find({
          build,
          due_at: { $gte: expires_at, $lt: before },
          $or: [{ due_at: { $gt: expires_at } }, { proposal: { $gt: proposal } }],
        })
        .sort({ due_at: 1, proposal: 1 })
        .limit(limit);
      return (await this.#connection.answers.all(found)).map(rowFrom);
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** In slices, so that no command is without an answer for long, whatever the log's size. */
  async #discard(name: string, build: string): Promise<void> {
    const { db, answers } = this.#connection;
    const of = answers.of(db.collection<Pick<EntryDocument, '_id' | 'build'>>(name));
    for (;;) {
      const found = await answers.all(
        of.find({ build }, { projection: { _id: 1 } }).limit(DISCARD_DOCUMENTS),
      );
      if (found.length === 0) return;
      await of.deleteMany({ build, _id: { $in: found.map(({ _id }) => _id) } });
    }
  }

  #guarded<T>(work: () => Promise<T>): Promise<T> {
    return this.#connection.guarded(work);
  }
}

function progressFrom({ _id, ...progress }: ProgressDocument): Progress {
  return { tenant: _id, ...progress };
}

function rowFrom({ row }: Pick<ProposalDocument, 'row'>): ProposalRow {
  return JSON.parse(row) as ProposalRow;
}
