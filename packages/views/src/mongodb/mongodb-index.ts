import { randomBytes } from 'node:crypto';
import { DURABLE, isDuplicateKey, MongodbConnection } from '@sealtrail/store/mongodb';
import { AFTER_EARLIER, EARLIER, earlierName, STEPS_AT_OPENING } from '../earlier.ts';
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
import { keptRow, type ProposalRow } from '../proposal-row.ts';
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
  const index = new MongodbIndex(await MongodbConnection.open(url, options, prepareIndex));
  // What a process that died left. Nothing needs it gone: the next one tries again.
  await index.dropSomeEarlier().catch(() => {});
  return index;
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
    const { progress } = this.#collections;
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
        if (!(await this.#replace(before, begun))) return undefined;
        await this.#dropEarlier();
      }
      return { tenant, ...begun };
    });
  }

  /** @returns whether the earlier build was the one that stood there */
  #replace({ tenant, ...before }: Progress, begun: Omit<Progress, 'tenant'>): Promise<boolean> {
    const { progress } = this.#collections;
    return this.#connection.transaction(async (session) => {
      const { build, seq } = before;
      const { matchedCount } = await progress.updateOne(
        { _id: tenant, build, seq },
        { $set: begun },
        { session },
      );
      if (matchedCount === 0) return false;
      await progress.insertOne({ _id: earlierName(build), ...before }, { session });
      return true;
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

  /** As {@link #dropEarlier}, as far as a few steps go. */
  dropSomeEarlier(): Promise<void> {
    return this.#guarded(() => this.#dropEarlier(STEPS_AT_OPENING));
  }

  /** Drops earlier builds, in steps, so that no command is without an answer for long. Several may do it at once. */
  async #dropEarlier(steps = Number.POSITIVE_INFINITY): Promise<void> {
    const { progress } = this.#collections;
    const named = progress.find({ _id: { $gte: EARLIER, $lt: AFTER_EARLIER } });
    const earlier = await this.#connection.answers.all(named);
    for (let left = steps; left > 0 && earlier.length > 0; left--) {
      const { _id, build } = earlier[0] as ProgressDocument;
      if (await this.#dropSome(build)) continue;
      // Nobody adds to it any more: to add is to move its progress.
      await progress.deleteOne({ _id }, DURABLE);
      earlier.shift();
    }
  }

  /** @returns whether there was anything to drop */
  async #dropSome(build: string): Promise<boolean> {
    const { entries, proposals } = this.#collections;
    const { db, answers } = this.#connection;
    for (const { collectionName } of [entries, proposals]) {
      const of = answers.of(db.collection<Pick<EntryDocument, '_id' | 'build'>>(collectionName));
      const some = of.find({ build }, { projection: { _id: 1 } }).limit(DISCARD_DOCUMENTS);
      const found = await answers.all(some);
      if (found.length === 0) continue;
      await of.deleteMany({ build, _id: { $in: found.map(({ _id }) => _id) } });
      return true;
    }
    return false;
  }

  #guarded<T>(work: () => Promise<T>): Promise<T> {
    return this.#connection.guarded(work);
  }
}

function progressFrom({ _id, ...progress }: ProgressDocument): Progress {
  return { tenant: _id, ...progress };
}

function rowFrom({ row }: Pick<ProposalDocument, 'row'>): ProposalRow {
  return keptRow(row);
}
