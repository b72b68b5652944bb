// @ts-check
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MongoClient } from 'mongodb';

/**
 * @typedef {object} Place
 * @property {string} location  what `openStore` and `openSource` take
 * @property {string} folder  for the files of the campaign itself
 * @property {() => Promise<void>} remove
 */

/**
 * An empty store and an empty folder, for one run; or those of an earlier run.
 *
 * @param {'sqlite' | 'mongodb'} store
 * @param {string | undefined} at  where the store shall be; it then stays when the run is over
 * @param {string} [kept]  a folder that stays as well; whoever names it again finds the same store
 * @returns {Promise<Place>}
 */
export async function freshPlace(store, at, kept) {
  if (kept !== undefined) await mkdir(kept, { recursive: true });
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'sealtrail-campaign-')));
  const removeFolder = async () => {
    if (kept === undefined) await rm(folder, { recursive: true, force: true });
  };
  if (at !== undefined) return { location: at, folder, remove: removeFolder };
  if (store === 'sqlite') return { location: join(folder, 'log.db'), folder, remove: removeFolder };
  const url = process.env['MONGODB_URL'];
  if (url === undefined || url === '')
    throw new Error('set MONGODB_URL to the MongoDB server that shall be used');
  const name =
    kept === undefined
      ? `campaign_${Date.now().toString(36)}_${process.pid}`
      : `campaign_${createHash('sha256').update(resolve(kept)).digest('hex').slice(0, 16)}`;
  return {
    location: withDatabase(url, name),
    folder,
    remove: async () => {
      if (kept !== undefined) return;
      const client = new MongoClient(url);
      try {
        await client.db(name).dropDatabase();
      } finally {
        await client.close();
        await removeFolder();
      }
    },
  };
}

/**
 * The same server with another database. Credentials stay valid for the database that they were given for.
 *
 * @param {string} url
 * @param {string} database
 * @returns {string}
 */
export function withDatabase(url, database) {
  const parts = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/([^?]*))?(\?.*)?$/.exec(url);
  if (parts === null) throw new Error('MONGODB_URL is not a MongoDB URL');
  const [, server = '', first = '', options = ''] = parts;
  const authenticated = server.includes('@') && !/[?&]authSource=/i.test(options);
  const source = authenticated ? `${options === '' ? '?' : '&'}authSource=${first || 'admin'}` : '';
  return `${server}/${database}${options}${source}`;
}
