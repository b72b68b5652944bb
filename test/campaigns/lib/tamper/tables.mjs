// @ts-check
import { copyFile, rm } from 'node:fs/promises';
import Database from 'libsql';
import { MongoClient } from 'mongodb';

// Everything that is stored, as rows by table, and the way back: whatever tables and columns there are. A column that a later version
// adds is changed, too, without anybody thinking of it.

/** @typedef {Record<string, unknown>} Row */
/** @typedef {Record<string, Row[]>} Tables */

/** @typedef {{ readonly gone: readonly Row[], readonly added: readonly unknown[] }} Change */

/**
 * @typedef {object} Vault
 * @property {'sqlite' | 'mongodb'} kind
 * @property {Tables} tables as they were
 * @property {(changed: Tables) => Promise<string | undefined>} write a store with other rows: its location; undefined when the
 *   database itself cannot hold them
 * @property {(everything?: boolean) => Promise<void>} restore to be called after each write; everything, when others wrote since
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} path of a SQLite store that nobody has open
 * @returns {Promise<Vault>}
 */
export async function sqliteVault(path) {
  let scratch = path;
  let writes = 0;
  const db = new Database(path);
  db.pragma('wal_checkpoint(TRUNCATE)');
  const names = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all();
  const tables = Object.fromEntries(
    /** @type {{ name: string }[]} */ (names).map(({ name }) => [
      name,
      /** @type {Row[]} */ (db.prepare(`SELECT * FROM ${name}`).all()),
    ]),
  );
  db.close();
  return {
    kind: 'sqlite',
    tables,
    write: async (changed) => {
      // A name of its own each time: what is left of the last one's write-ahead log must not be taken for this one's.
      scratch = `${path}.${writes++}`;
      await copyFile(path, scratch);
      const copy = new Database(scratch);
      try {
        for (const [name, rows] of Object.entries(changed)) {
          if (rows !== tables[name]) fill(copy, name, rows);
        }
      } finally {
        copy.close();
      }
      return scratch;
    },
    restore: async () => {
      for (const end of ['', '-wal', '-shm']) await rm(`${scratch}${end}`, { force: true });
    },
    close: async () => {},
  };
}

/**
 * @param {Database.Database} db
 * @param {string} table
 * @param {readonly Row[]} rows
 */
function fill(db, table, rows) {
  const columns = /** @type {{ name: string }[]} */ (
    db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all()
  ).map(({ name }) => name);
  const added = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (name) => !columns.includes(name),
  );
  const all = [...columns, ...added];
  const insert = () => {
    const statement = db.prepare(
      `INSERT INTO ${table} (${all.map((name) => `"${name}"`).join(', ')}) VALUES (${all.map(() => '?').join(', ')})`,
    );
    for (const row of rows) statement.run(...all.map((name) => bound(row[name])));
  };
  for (const name of added) db.exec(`ALTER TABLE ${table} ADD COLUMN "${name}" ANY`);
  db.exec(`BEGIN; DELETE FROM ${table}`);
  try {
    insert();
    db.exec('COMMIT');
  } catch {
    // Types and unique indexes are no obstacle for somebody who owns the file.
    db.exec('ROLLBACK');
    db.exec(`DROP TABLE ${table}; CREATE TABLE ${table} (${all.map((name) => `"${name}"`).join(', ')})`);
    insert();
  }
}

/** @param {unknown} value */
function bound(value) {
  if (value === undefined) return null;
  // The driver binds numbers as floating ones; a column without a type would keep them so.
  if (Number.isSafeInteger(value)) return BigInt(/** @type {number} */ (value));
  return typeof value === 'boolean' ? Number(value) : value;
}

/**
 * @param {string} url of a MongoDB store that nobody writes to
 * @returns {Promise<Vault>}
 */
export async function mongodbVault(url) {
  const client = await new MongoClient(url).connect();
  const db = client.db();
  /** @type {Tables} */
  const tables = {};
  for (const { name } of await db.listCollections().toArray()) {
    // As the driver gives it to a reader: whole numbers as numbers.
    const rows = await db.collection(name).find().sort({ _id: 1 }).toArray();
    if (rows.length > 0) tables[name] = rows;
  }
  const indexes = Object.fromEntries(
    await Promise.all(Object.keys(tables).map(async (name) => [name, await db.collection(name).indexes()])),
  );
  /** What was done to a collection; undefined when all of it was written anew. @type {Map<string, Change | undefined>} */
  const touched = new Map();
  const insert = async (/** @type {string} */ name, /** @type {readonly Row[]} */ rows) => {
    if (rows.length === 0) return [];
    const { insertedIds } = await db.collection(name).insertMany(rows.map((row) => ({ ...row })));
    return Object.values(insertedIds);
  };
  const put = async (/** @type {string} */ name, /** @type {readonly Row[]} */ rows) => {
    await db.collection(name).deleteMany({});
    await insert(name, rows);
  };
  const change = async (/** @type {string} */ name, /** @type {readonly Row[]} */ rows) => {
    const before = /** @type {Row[]} */ (tables[name]);
    const [old, all] = [new Set(before), new Set(rows)];
    const gone = before.filter((row) => !all.has(row));
    await remove(
      name,
      gone.map(({ _id }) => _id),
    );
    touched.set(name, {
      gone,
      added: await insert(
        name,
        rows.filter((row) => !old.has(row)),
      ),
    });
  };
  const remove = async (/** @type {string} */ name, /** @type {readonly unknown[]} */ ids) => {
    if (ids.length > 0) await db.collection(name).deleteMany({ _id: { $in: /** @type {any} */ (ids) } });
  };
  const putIndexes = async (/** @type {string} */ name) => {
    const extra = indexes[name].filter((/** @type {{ name: string }} */ index) => index.name !== '_id_');
    for (const { key, name: called, unique } of extra)
      await db.collection(name).createIndex(key, { name: called, ...(unique === true ? { unique } : {}) });
  };
  return {
    kind: 'mongodb',
    tables,
    write: async (changed) => {
      for (const [name, rows] of Object.entries(changed)) {
        if (rows === tables[name]) continue;
        touched.set(name, undefined);
        try {
          await change(name, rows);
        } catch {
          // Unique indexes are no obstacle for the operator; one `_id` for two documents is.
          await db.collection(name).dropIndexes();
          try {
            await put(name, rows);
          } catch {
            return undefined;
          }
        }
      }
      return url;
    },
    restore: async (everything = false) => {
      for (const name of everything ? Object.keys(tables) : touched.keys()) {
        const change = touched.get(name);
        if (everything || change === undefined) {
          await put(name, /** @type {Row[]} */ (tables[name]));
          await putIndexes(name);
        } else {
          await remove(name, change.added);
          await insert(name, change.gone);
        }
      }
      touched.clear();
    },
    close: () => client.close(),
  };
}
