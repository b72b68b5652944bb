// @ts-check

import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = new URL('../../packages/', import.meta.url);
const { Log, openStore } = await import(new URL('store/dist/index.js', root).href);
const { openSource, verifyAll, verifyTenant } = await import(new URL('verifier/dist/index.js', root).href);
const { canonicalize, entryHash } = await import(new URL('format/dist/index.js', root).href);
/** @type {any} */
const Database = createRequire(new URL('store/package.json', root))('libsql');

/** Noted after the last append, as whoever verifies does. @type {{ seq: number, hash: string } | undefined} */
let noted;

/** @param {number} callers @returns {import('./run.mjs').Peer} */
export const sealtrail = (callers) => ({
  name: `Sealtrail, SQLite, ${callers} ${callers === 1 ? 'caller' : 'callers'}`,
  form: 'one transaction for what waits, on the disk before it is acknowledged',
  processes: 'yes',
  append: async (folder, entries) => {
    const store = await openStore(join(folder, 'log.db'));
    const log = new Log(store);
    let next = 0;
    let last = { seq: -1, hash: '' };
    const caller = async () => {
      while (next < entries.length) {
        const { agent, ...data } = entries[next++];
        const { seq, hash } = await log.append('acme', {
          type: 'note.added',
          actor: { type: 'agent', id: agent },
          targets: [],
          data,
        });
        if (seq > last.seq) last = { seq, hash };
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
    await log.close();
    await store.close();
    noted = last;
  },
  verify: (folder) => verdict(folder, (source) => verifyAll(source)),
  verifyNoted: (folder) => verdict(folder, (source) => verifyTenant(source, 'acme', { trusted: noted })),
  tamper: {
    'a field changed': (folder) =>
      sql(folder, "UPDATE entries SET entry = replace(entry, '\"agent-', '\"AGENT-') WHERE seq = 5"),
    'a row deleted': (folder) => sql(folder, 'DELETE FROM entries WHERE seq = 5'),
    'rows exchanged': (folder) =>
      sql(
        folder,
        'UPDATE entries SET seq = -1 WHERE seq = 5; UPDATE entries SET seq = 5 WHERE seq = 6; UPDATE entries SET seq = 6 WHERE seq = -1',
      ),
    'the end cut off': (folder) =>
      sql(folder, 'DELETE FROM entries WHERE seq > (SELECT max(seq) - 3 FROM entries)'),
    'a field added': (folder) => sql(folder, 'ALTER TABLE entries ADD COLUMN approved_by TEXT'),
    'all hashed anew': async (folder) => {
      const db = new Database(join(folder, 'log.db'));
      let prev = '';
      let time = '';
      for (const { seq, entry: text } of db.prepare('SELECT seq, entry FROM entries ORDER BY seq').all()) {
        const entry = JSON.parse(text);
        if (seq > 0) Object.assign(entry, { prev, data: { ...entry.data, action: 'another' } });
        const written = canonicalize(entry);
        prev = entryHash(written);
        time = entry.time;
        db.prepare('UPDATE entries SET entry = ?, hash = ? WHERE seq = ?').run(written, prev, seq);
        db.prepare('UPDATE heads SET seq = ?, hash = ?, time = ?').run(seq, prev, time);
      }
      db.close();
    },
  },
});

/**
 * @param {string} folder
 * @param {(source: any) => Promise<{ status: string }>} how
 */
async function verdict(folder, how) {
  const source = await openSource(join(folder, 'log.db'));
  try {
    return (await how(source)).status === 'valid';
  } finally {
    await source.close();
  }
}

/**
 * @param {string} folder
 * @param {string} statements
 */
async function sql(folder, statements) {
  const db = new Database(join(folder, 'log.db'));
  db.exec(statements);
  db.close();
}
