import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SEALS_TENANT } from '@sealtrail/format';
import { Log, openStore, type Store } from '@sealtrail/store';
import { openSource, type TenantReport, verifyAll } from '@sealtrail/verifier';
import Database from 'libsql';
import { type Document, MongoClient } from 'mongodb';
import { expect, inject } from 'vitest';

export type StoreKind = Store['kind'];

/** The stores that this run has: MongoDB only if there is a server. */
export const STORE_KINDS: readonly StoreKind[] =
  inject('mongodbUrl') === undefined ? ['sqlite'] : ['sqlite', 'mongodb'];

const TABLES = ['tenants', 'heads', 'entries', 'anchors', 'directory_changes'] as const;

/** A store of a test's own, with the tools to fill it, to break it and to see that it is sound. */
export class TestStore {
  readonly location: string;
  readonly store: Store;
  readonly #remove: () => Promise<void>;

  private constructor(location: string, store: Store, remove: () => Promise<void>) {
    this.location = location;
    this.store = store;
    this.#remove = remove;
  }

  static async open(kind: StoreKind): Promise<TestStore> {
    if (kind === 'sqlite') {
      const directory = await mkdtemp(join(tmpdir(), 'sealtrail-worker-'));
      const path = join(directory, 'audit.db');
      return new TestStore(path, await openStore(path), () => rm(directory, { recursive: true }));
    }
    const url = new URL(inject('mongodbUrl') as string);
    url.pathname = `/worker_${randomUUID().slice(0, 8)}`;
    const location = url.href;
    return new TestStore(location, await openStore(location), () =>
      inMongodb(location, async (client) => {
        await client.db().dropDatabase();
      }),
    );
  }

  /** Appends this many entries to a tenant's log, besides the genesis. */
  async append(tenant: string, count: number): Promise<void> {
    const log = new Log(this.store);
    for (let left = count; left > 0; left -= 500) {
      const drafts = Array.from({ length: Math.min(left, 500) }, (_, i) => ({
        type: 'contact.updated',
        actor: { type: 'agent' as const, id: 'copilot' },
        targets: [{ type: 'contact', id: `c-${i % 7}` }],
        data: { fields: ['stage'] },
      }));
      await log.appendAll(tenant, drafts);
    }
    await log.close();
  }

  /** Changes the text of an entry behind the store's back. */
  async tamper(tenant: string, seq: number): Promise<void> {
    if (this.store.kind === 'sqlite') {
      const db = new Database(this.location);
      const { changes } = db
        .prepare(`UPDATE entries SET entry = replace(entry, 'stage', 'owner') WHERE tenant = ? AND seq = ?`)
        .run(tenant, seq);
      db.close();
      expect(changes).toBe(1);
      return;
    }
    await inMongodb(this.location, async (client) => {
      const entries = client.db().collection<{ entry: string }>('entries');
      const row = await entries.findOne({ tenant, seq });
      const entry = row?.entry.replace('stage', 'owner') as string;
      const { modifiedCount } = await entries.updateOne({ tenant, seq }, { $set: { entry } });
      expect(modifiedCount).toBe(1);
    });
  }

  /** Deletes the last entry of a log behind the store's back. */
  async cut(tenant: string, seq: number): Promise<void> {
    if (this.store.kind === 'sqlite') {
      const db = new Database(this.location);
      const { changes } = db.prepare('DELETE FROM entries WHERE tenant = ? AND seq = ?').run(tenant, seq);
      db.close();
      expect(changes).toBe(1);
      return;
    }
    await inMongodb(this.location, async (client) => {
      const { deletedCount } = await client.db().collection('entries').deleteOne({ tenant, seq });
      expect(deletedCount).toBe(1);
    });
  }

  /** Deletes everything of a tenant behind the store's back. */
  async forget(tenant: string): Promise<void> {
    if (this.store.kind === 'sqlite') {
      const db = new Database(this.location);
      for (const table of ['tenants', 'heads', 'entries', 'anchors']) {
        db.prepare(`DELETE FROM ${table} WHERE tenant = ?`).run(tenant);
      }
      db.close();
      return;
    }
    await inMongodb(this.location, async (client) => {
      for (const name of ['tenants', 'heads'])
        await client.db().collection<{ _id: string }>(name).deleteOne({ _id: tenant });
      for (const name of ['entries', 'anchors']) await client.db().collection(name).deleteMany({ tenant });
    });
  }

  /** A backup: what it gives puts it back, into the same file or database, behind the store's back. */
  async backUp(): Promise<() => Promise<void>> {
    if (this.store.kind === 'sqlite') {
      const copy = `${this.location}.backup`;
      inSqlite(this.location, (db) => db.prepare('VACUUM INTO ?').run(copy));
      return async () =>
        inSqlite(this.location, (db) => {
          db.prepare('ATTACH ? AS backup').run(copy);
          db.exec('BEGIN IMMEDIATE');
          for (const table of TABLES)
            db.exec(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM backup.${table}`);
          db.exec('COMMIT');
        });
    }
    const kept = new Map<string, Document[]>();
    await inMongodb(this.location, async (client) => {
      for (const { collectionName } of await client.db().collections())
        kept.set(collectionName, await client.db().collection(collectionName).find().toArray());
    });
    return () =>
      inMongodb(this.location, async (client) => {
        for (const [name, documents] of kept) {
          await client.db().collection(name).deleteMany({});
          if (documents.length > 0) await client.db().collection(name).insertMany(documents);
        }
      });
  }

  /** Number and last position of the newest anchor; -1 for both without one. */
  async anchored(tenant: string): Promise<{ number: number; to: number }> {
    const row = await this.store.lastAnchor(tenant);
    return { number: row?.number ?? -1, to: row?.to_seq ?? -1 };
  }

  async lag(): Promise<number> {
    let lag = 0;
    for await (const { entries } of this.store.unanchored()) lag += entries;
    return lag;
  }

  /** Verifies every log with the verifier and returns the reports by tenant. */
  async verify(): Promise<Map<string, TenantReport>> {
    const reports = new Map<string, TenantReport>();
    const source = await openSource(this.location, { known: true });
    try {
      await verifyAll(source, { onTenant: (report) => void reports.set(report.tenant, report) });
    } finally {
      await source.close();
    }
    return reports;
  }

  /** Expects every log to be valid, and anchored to its end. */
  async expectSound(...tenants: readonly string[]): Promise<void> {
    const reports = await this.verify();
    // A seal is made last in a tick: it is anchored by the next one.
    expect(reports.get(SEALS_TENANT)?.status ?? 'valid').toBe('valid');
    reports.delete(SEALS_TENANT);
    expect([...reports.keys()].sort()).toEqual([...tenants].sort());
    for (const report of reports.values()) {
      expect(report).toMatchObject({ status: 'valid', findings: [], unanchored: null });
      expect(report.anchors.through).toBe(report.last?.seq);
    }
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.#remove();
  }
}

function inSqlite(path: string, work: (db: Database.Database) => void): void {
  const db = new Database(path);
  try {
    work(db);
  } finally {
    db.close();
  }
}

async function inMongodb(location: string, work: (client: MongoClient) => Promise<void>): Promise<void> {
  const client = await new MongoClient(location).connect();
  try {
    await work(client);
  } finally {
    await client.close();
  }
}
