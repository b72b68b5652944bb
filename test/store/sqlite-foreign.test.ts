import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Publisher, Witness } from '@sealtrail/publisher';
import { createService } from '@sealtrail/service';
import { Log, openStore } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { openViews } from '@sealtrail/views';
import Database from 'libsql';
import { expect, it } from 'vitest';
import { newSigner } from '../publisher/world.ts';
import { drafts } from '../support/drafts.ts';
import { newSqlitePlace } from '../support/places.ts';

/** Opens something in the place of the file, which a store lies beside. */
type Open = (file: string, store: string) => Promise<unknown>;

const OPENS: readonly (readonly [what: string, code: string, open: Open])[] = [
  ['a store', 'store_layout', (file) => openStore(file)],
  ['an index of views', 'store_layout', (file, store) => openViews({ store, index: file })],
  ['a publisher’s memory', 'store_layout', publish],
  ['a witness’s memory', 'store_layout', witness],
  ['the data of the service', 'store_layout', serve],
  ['what is verified', 'source_invalid', verify],
];

it.each(OPENS)(
  'the file of another application, given as %s, is refused (%s) and not changed',
  async (_, code, open) => {
    for (const [name, sql] of [
      ['notes', 'CREATE TABLE notes (text); INSERT INTO notes VALUES (1)'],
      ['marked', 'PRAGMA application_id = 77'],
    ] as const) {
      const place = await newSqlitePlace();
      const log = new Log(await place.open());
      await log.appendAll('acme', drafts('d', 2));
      await log.close();
      const folder = join(place.folder, name);
      await mkdir(folder);
      const file = join(folder, 'publisher.db');
      const db = new Database(file);
      db.exec(sql);
      db.close();
      const before = await readFile(file);
      const refused = await open(file, place.location).catch((error: unknown) => error);
      expect([name, refused]).toMatchObject([name, { code }]);
      // Which of the files it is: a publisher and a service have several.
      if (code === 'store_layout') expect(String(refused)).toContain(file.replace(/\.db$/, ''));
      expect((await readFile(file)).equals(before)).toBe(true);
      expect((await readdir(folder)).filter((one) => /\.db-/.test(one))).toEqual([]);
    }
  },
);

async function publish(file: string, store: string): Promise<void> {
  const signers = [await newSigner(dirname(store))];
  const publisher = new Publisher({ store: await openStore(store), folder: dirname(file), signers });
  await publisher.publish().finally(() => publisher.close());
}

async function witness(file: string, store: string): Promise<void> {
  const signer = await newSigner(dirname(store), 'w.example', 'witness');
  new Witness({ signer, state: file, init: true, logs: [signer.key] }).close();
}

async function serve(file: string): Promise<void> {
  const store = file.replace(/\.db$/, '');
  await (await openStore(store)).close();
  await copyFile(file, `${store}.service`);
  const before = await readFile(`${store}.service`);
  try {
    await (await createService({ store, console: false })).close();
  } finally {
    expect((await readFile(`${store}.service`)).equals(before)).toBe(true);
  }
}

async function verify(file: string): Promise<void> {
  const source = await openSource(file);
  await verifyAll(source).finally(() => source.close());
}
