// @ts-check
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { EDITED } from './peer.mjs';

const root = new URL('../../packages/', import.meta.url);
const { Log, openStore } = await import(new URL('store/dist/index.js', root).href);
const { openSource, verifyAll, verifyTenant } = await import(new URL('verifier/dist/index.js', root).href);
const { canonicalize, entryHash } = await import(new URL('format/dist/index.js', root).href);
/** @type {any} */
const Database = createRequire(new URL('store/package.json', root))('libsql');

const TENANT = 'acme';
const CUT = 'DELETE FROM entries WHERE seq > (SELECT max(seq) - 3 FROM entries);';

/** @type {import('./peer.mjs').Peer} */
export const sealtrail = {
  id: 'sealtrail',
  short: 'Sealtrail',
  name: 'Sealtrail, SQLite',
  forms: [
    { name: 'default: one caller', durable: true },
    { name: 'default: 64 callers', durable: true, callers: 64 },
  ],
  what: 'This repository. One transaction for all that waits, on the disk before any of it is acknowledged; there is no other form. Sealed values are committed to, and lie beside the entry.',
  unchecked:
    'that nobody who owns the machine wrote everything anew: that takes something noted elsewhere (a position, a seal, a checkpoint)',
  ahead: { append: '', verify: '' },
  append: async (folder, drafts, { callers = 1 }) => {
    const store = await openStore(join(folder, 'log.db'));
    const log = new Log(store);
    let next = 0;
    let last = { seq: -1, hash: '' };
    const caller = async () => {
      while (next < drafts.length) {
        const { seq, hash } = await log.append(TENANT, drafts[next++]);
        if (seq > last.seq) last = { seq, hash };
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    await log.close();
    await store.close();
    return last;
  },
  verify: (folder) => verdict(folder, (source) => verifyAll(source)),
  verifyNoted: (folder, trusted) => verdict(folder, (source) => verifyTenant(source, TENANT, { trusted })),
  // Without the entry that opens a log.
  count: async (folder) => rows(folder).length - 1,
  changes: {
    edit: (folder) =>
      sql(folder, `UPDATE entries SET entry = replace(entry, '${EDITED[0]}', '${EDITED[1]}') WHERE seq = 6`),
    delete: (folder) => sql(folder, 'DELETE FROM entries WHERE seq = 6'),
    reorder: (folder) =>
      sql(
        folder,
        'UPDATE entries SET seq = -1 WHERE seq = 6; UPDATE entries SET seq = 6 WHERE seq = 7; UPDATE entries SET seq = 7 WHERE seq = -1',
      ),
    insert: (folder) =>
      sql(
        folder,
        `UPDATE entries SET seq = -seq WHERE seq > 6; UPDATE entries SET seq = 1 - seq WHERE seq < 0;
        INSERT INTO entries SELECT tenant, 7, id || 'x', type, time, hash, entry, openings FROM entries WHERE seq = 6;
        UPDATE heads SET seq = seq + 1`,
      ),
    junk: (folder) =>
      sql(
        folder,
        "INSERT INTO entries SELECT tenant, max(seq) + 1, id || 'x', type, time, hash, 'approved by somebody else', openings FROM entries",
      ),
    metadata: (folder) => sql(folder, "UPDATE entries SET type = 'decision.rejected' WHERE seq = 6"),
    truncate: (folder) => sql(folder, CUT),
    truncateAll: (folder) =>
      sql(
        folder,
        `${CUT} UPDATE heads SET (seq, hash, time) = (SELECT seq, hash, time FROM entries ORDER BY seq DESC LIMIT 1)`,
      ),
    empty: (folder) => sql(folder, 'DELETE FROM entries; DELETE FROM heads'),
    rewrite: (folder) => {
      const db = new Database(join(folder, 'log.db'));
      let [prev, time] = ['', ''];
      for (const { seq, entry: text } of rows(folder)) {
        const entry = JSON.parse(text.replace(...EDITED));
        if (seq > 0) entry.prev = prev;
        const written = canonicalize(entry);
        prev = entryHash(written);
        time = entry.time;
        db.prepare('UPDATE entries SET entry = ?, hash = ? WHERE seq = ?').run(written, prev, seq);
        db.prepare('UPDATE heads SET seq = ?, hash = ?, time = ?').run(seq, prev, time);
      }
      db.close();
    },
  },
};

/** @param {string} folder @returns {{ seq: number, entry: string }[]} */
function rows(folder) {
  const db = new Database(join(folder, 'log.db'));
  const all = db.prepare('SELECT seq, entry FROM entries ORDER BY seq').all();
  db.close();
  return all;
}

/** @param {string} folder @param {(source: any) => Promise<{ status: string }>} how */
async function verdict(folder, how) {
  const source = await openSource(join(folder, 'log.db'), { known: true });
  try {
    return (await how(source)).status === 'valid';
  } finally {
    await source.close();
  }
}

/** @param {string} folder @param {string} statements */
function sql(folder, statements) {
  const db = new Database(join(folder, 'log.db'));
  db.exec(statements);
  db.close();
}
