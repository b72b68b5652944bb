// @ts-check
import { isSealtrailError } from '@sealtrail/format';
import { openStore } from '@sealtrail/store';
import Database from 'libsql';
import { MongoClient } from 'mongodb';
import { pick } from './singles.mjs';

// What is around the rows: what shows them otherwise, orders them otherwise, lets some of them in, or stands beside them unread.

/** `refused`: by a store as well, which is not opened over it. */
/** @typedef {{ readonly how: string, readonly neutral?: string, readonly refused?: boolean, readonly undo?: () => Promise<void> }} Structure */

const TABLES = ['tenants', 'heads', 'entries', 'anchors', 'directory_changes'];

/** @type {(kind: 'sqlite' | 'mongodb', location: string, random: () => number) => Promise<Structure>} */
export function restructure(kind, location, random) {
  return kind === 'sqlite' ? sqlite(location, random) : mongodb(location, random);
}

/** @type {(path: string, random: () => number) => Promise<Structure>} */
async function sqlite(path, random) {
  const db = new Database(path);
  try {
    const table = pick(TABLES, random);
    switch (Math.floor(random() * 8)) {
      case 0:
        db.exec(`CREATE TABLE more AS SELECT * FROM ${table}`);
        return { how: 'another table', neutral: 'a table that nobody reads' };
      case 1:
        db.exec(`ALTER TABLE ${table} RENAME TO kept; CREATE VIEW ${table} AS SELECT * FROM kept`);
        return { how: `a view in the place of ${table}`, refused: true };
      case 2:
        db.exec(`CREATE TRIGGER more AFTER INSERT ON entries BEGIN DELETE FROM ${table}; END`);
        return { how: 'a trigger', neutral: 'a trigger changes nothing of what is read', refused: true };
      case 3:
        db.exec(`CREATE INDEX more ON ${table} (tenant COLLATE NOCASE)`);
        return { how: 'an index with another order', refused: true };
      case 4:
        backwards(db);
        return { how: 'keys by id in another order' };
      case 5:
        db.exec('ANALYZE');
        return { how: 'statistics', neutral: 'statistics of the rows as they are' };
      case 6:
        // Who plans by them does not look for a key by halves, and finds what a reader does not.
        backwards(db);
        db.exec(`ANALYZE; UPDATE sqlite_stat1 SET stat = ${pick(STATISTICS, random)}`);
        return { how: 'keys by id in another order under other statistics', refused: true };
      default: {
        const name = random() < 0.5 ? 'entries' : 'anchors';
        const column = name === 'entries' ? 'seq' : 'number';
        const { sql } = /** @type {{ sql: string }} */ (
          db.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').get(name)
        );
        const other = sql
          .replace(`(tenant, ${column})`, `(tenant, ${column} DESC)`)
          .replace(`TABLE ${name}`, 'TABLE more');
        const byId = name === 'entries' ? '; CREATE UNIQUE INDEX entries_id ON entries (tenant, id)' : '';
        reorder(
          db,
          `${other}; INSERT INTO more SELECT * FROM ${name}; DROP TABLE ${name}; ALTER TABLE more RENAME TO ${name}${byId}`,
          name,
          [undefined, sql],
        );
        return { how: `keys of ${name} in another order` };
      }
    }
  } finally {
    db.close();
  }
}

const STATISTICS = [
  "stat || ' unordered'",
  "stat || ' sz=1 noskipscan unordered'",
  "'1000000000 1000000000 1000000000'",
  "'1 1 1 1 1'",
];

/** Keys by id stand in another order than the file says. @type {(db: Database.Database) => void} */
function backwards(db) {
  const make = 'DROP INDEX entries_id; CREATE UNIQUE INDEX entries_id ON entries (tenant, id DESC)';
  reorder(db, make, 'entries_id', ['tenant, id DESC', 'tenant, id']);
}

/** Makes something, and has the file say that it is as it was. @type {(db: Database.Database, make: string, name: string, told: readonly [string | undefined, string]) => void} */
function reorder(db, make, name, [from, to]) {
  db.exec(make);
  db.exec('PRAGMA writable_schema = ON');
  if (from === undefined) db.prepare('UPDATE sqlite_schema SET sql = ? WHERE name = ?').run(to, name);
  else db.prepare('UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = ?').run(from, to, name);
  db.exec('PRAGMA writable_schema = RESET');
}

/** @type {(url: string, random: () => number) => Promise<Structure>} */
async function mongodb(url, random) {
  const client = await new MongoClient(url).connect();
  const db = client.db();
  const table = pick(TABLES, random);
  const later = (/** @type {(db: import('mongodb').Db) => Promise<void>} */ undo) => async () => {
    const again = await new MongoClient(url).connect();
    try {
      await undo(again.db());
    } finally {
      await again.close();
    }
  };
  try {
    switch (Math.floor(random() * 4)) {
      case 0: {
        await db.renameCollection(table, 'kept');
        await db.createCollection(table, {
          viewOn: 'kept',
          pipeline: random() < 0.5 ? [] : [{ $match: { tenant: 'acme' } }],
        });
        return {
          how: `a view in the place of ${table}`,
          refused: true,
          undo: later(async (back) => {
            await back.dropCollection(table);
            await back.renameCollection('kept', table);
          }),
        };
      }
      case 1:
        await db
          .collection('more')
          .insertMany([{ tenant: 'acme', seq: 0 }, { _id: /** @type {any} */ ('acme/0') }]);
        return {
          how: 'another collection',
          neutral: 'a collection that nobody reads',
          undo: later(async (back) => {
            await back.dropCollection('more');
          }),
        };
      case 2:
        await db.command({ collMod: table, validator: { type: { $ne: 'decision.made' } } });
        return {
          how: 'a validator',
          neutral: 'what a validator lets in is what is read',
          undo: later(async (back) => void (await back.command({ collMod: table, validator: {} }))),
        };
      default:
        await db.collection(table).createIndex({ more: 1 }, { name: 'more' });
        return {
          how: 'another index',
          neutral: 'an index that no question is answered by',
          undo: later(async (back) => {
            await back.collection(table).dropIndex('more');
          }),
        };
    }
  } finally {
    await client.close();
  }
}

/** What somebody is told who opens the store. @type {(location: string) => Promise<string>} */
export async function opening(location) {
  try {
    await (await openStore(location)).close();
    return 'opened';
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    return error.code;
  }
}
