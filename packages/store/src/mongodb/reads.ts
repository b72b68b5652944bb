import { type AnchorRow, type EntryRow, type HeadRow, rowId } from '@sealtrail/format';
import type { AnchorPlace, DirectoryChange, UnanchoredTenant } from '../port.ts';
import type { MongodbConnection } from './connection.ts';
import {
  type Collections,
  entryRow,
  type HeadDocument,
  hashedRow,
  rowsById,
  withoutId,
} from './documents.ts';
import { unavailable } from './errors.ts';

/** What a store reads of its own database, outside of what it writes. Each method is the one of the port that it serves. */
export class Reads {
  readonly #connection: MongodbConnection;
  readonly #collections: Collections;

  constructor(connection: MongodbConnection, collections: Collections) {
    this.#connection = connection;
    this.#collections = collections;
  }

  async byId(tenant: string, id: string): Promise<EntryRow | undefined> {
    return (await this.byIds(tenant, [id])).get(id);
  }

  async byIds(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, EntryRow>> {
    return this.#connection.guarded(async () => {
      const { entries, answered } = this.#collections;
      const found = entries.find({ tenant, id: { $in: [...ids] } }, { readConcern: { level: 'majority' } });
      return rowsById(tenant, (await answered(found.toArray())).map(entryRow));
    });
  }

  async lastById(tenant: string, from: string, below: string): Promise<EntryRow | undefined> {
    return this.#connection.guarded(async () => {
      const { entries, answered } = this.#collections;
      const found = entries
        .find({ tenant, id: { $gte: from, $lt: below } }, { readConcern: { level: 'majority' } })
        .sort({ id: -1 })
        .limit(1);
      const [document] = await answered(found.toArray());
      return document === undefined ? undefined : entryRow(document);
    });
  }

  async from(tenant: string, from: number, limit: number): Promise<Omit<EntryRow, 'openings'>[]> {
    return this.#connection.guarded(async () => {
      const { entries, answered } = this.#collections;
      const found = entries
        .find(
          { tenant, seq: { $gte: from } },
          { projection: { openings: 0 }, readConcern: { level: 'majority' } },
        )
        .sort({ seq: 1 })
        .limit(limit);
      return (await answered(found.toArray())).map(hashedRow);
    });
  }

  async at(tenant: string, seqs: readonly number[]): Promise<EntryRow[]> {
    return this.#connection.guarded(async () => {
      const { entries, answered } = this.#collections;
      const found = entries.find({ tenant, seq: { $in: [...seqs] } }, { readConcern: { level: 'majority' } });
      return (await answered(found.toArray())).map(entryRow);
    });
  }

  async head(tenant: string): Promise<HeadRow | undefined> {
    return this.#connection.guarded(async () => {
      const head = await this.#collections.heads.findOne({ _id: tenant });
      return head === null ? undefined : headRow(head);
    });
  }

  async *unanchored(): AsyncGenerator<UnanchoredTenant> {
    // A writer that died holds a lock that ran out, and its last entries are not in the head yet.
    const heads = this.#collections.heads.find(
      {
        $expr: {
          $or: [
            // Never ahead of the head: whoever sets it far ahead would have nothing of this log anchored any more.
            { $ne: ['$seq', '$anchored_to'] },
            { $and: [{ $ne: ['$holder', null] }, { $lte: ['$until', '$$NOW'] }] },
          ],
        },
      },
      { projection: { seq: 1, anchored_to: 1 }, sort: { _id: 1 } },
    );
    try {
      for await (const { _id, seq, anchored_to } of this.#collections.each(heads))
        yield {
          tenant: _id,
          entries: anchored_to !== null && anchored_to <= seq ? seq - anchored_to : seq + 1,
        };
    } catch (error) {
      throw unavailable(error);
    }
  }

  async *heads(): AsyncGenerator<HeadRow> {
    this.#connection.refuseClosed();
    try {
      // Sealed is what no failover takes back: a head that went back would look like a tenant that was set back.
      const found = this.#collections.heads.find(
        {},
        { sort: { _id: 1 }, readConcern: { level: 'majority' } },
      );
      for await (const head of this.#collections.each(found)) yield headRow(head);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async anchorsAt(places: readonly AnchorPlace[]): Promise<AnchorRow[]> {
    if (places.length === 0) return [];
    return this.#connection.guarded(async () => {
      const { anchors, answered } = this.#collections;
      // With the tenants, so that a sharded cluster asks the shards that have them.
      const tenants = [...new Set(places.map(({ tenant }) => tenant))];
      const ids = places.map(({ tenant, number }) => rowId(tenant, number));
      const found = anchors.find(
        { tenant: { $in: tenants }, _id: { $in: ids } },
        { readConcern: { level: 'majority' } },
      );
      return (await answered(found.toArray())).map((document) => withoutId(document) as AnchorRow);
    });
  }

  async *directoryChanges(from: number): AsyncGenerator<DirectoryChange> {
    this.#connection.refuseClosed();
    const found = this.#collections.directoryChanges.find(
      { seal: { $gte: from } },
      {
        projection: { _id: 0 },
        sort: { seal: 1, directory: 1, tenant: 1 },
        readConcern: { level: 'majority' },
      },
    );
    try {
      for await (const change of this.#collections.each(found)) yield change;
    } catch (error) {
      throw unavailable(error);
    }
  }

  async lastAnchor(tenant: string): Promise<AnchorRow | undefined> {
    return this.#connection.guarded(async () => {
      const document = await this.#collections.anchors.findOne(
        { tenant },
        { sort: { number: -1 }, readConcern: { level: 'majority' } },
      );
      return document === null ? undefined : (withoutId(document) as AnchorRow);
    });
  }
}

function headRow({ _id, seq, hash, time, anchor_number, anchor_hash }: HeadDocument): HeadRow {
  return { tenant: _id, seq, hash, time, anchor_number, anchor_hash };
}
