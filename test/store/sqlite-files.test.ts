import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { anchorTenant, Log, openStore } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { draft, drafts } from '../support/drafts.ts';
import { outcome } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';
import { expectIntact } from '../support/verified.ts';

const run = promisify(execFile);
const WRITER = fileURLToPath(new URL('../campaigns/lib/writer.mjs', import.meta.url));

const HAVE_FOR_A_SECOND = `
  import Database from 'libsql';
  const db = new Database(process.argv[1]);
  db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; UPDATE heads SET seq = seq; COMMIT');
  console.log('locked');
  setTimeout(() => db.close(), 1_000);
`;

describe('a SQLite store', () => {
  it('takes no session: it has no transactions of its callers', async () => {
    const place = await newSqlitePlace();
    const log = new Log(await place.open());
    expect(await outcome(log.append('acme', draft('e-1'), { session: {} }))).toBe('config_invalid');
    await log.append('beta', draft('e-1'), { session: undefined });
    await log.close();
    await expectIntact(place.location, { beta: 1 });
  });

  it.each([':memory:', 'sqlite::memory:', 'file::memory:', 'file:audit.db?mode=memory'])(
    'in memory (%s) is refused: nothing that is appended there could be anchored',
    async (location) => {
      expect(await outcome(openStore(location))).toBe('source_invalid');
      expect(await outcome(openStore(location, { create: false }))).toBe('source_invalid');
    },
  );

  it.each([' mongodb://u:secret@localhost/x', '"mongodb://u:secret@localhost/x"'])(
    'is not looked for where a URL is meant (%s), whose password nobody is told',
    async (location) => {
      for (const create of [true, false]) {
        const refusal = await openStore(location, { create }).catch((error: unknown) => error);
        expect(refusal).toMatchObject({ code: 'source_invalid' });
        expect(String(refusal)).not.toContain('secret');
      }
    },
  );

  it.skipIf(process.platform === 'win32')(
    'is its owner’s alone when it is made, with what stands beside it; one that is there keeps its mode',
    async () => {
      const modes = async (location: string) =>
        Promise.all(['', '-wal', '-shm'].map(async (end) => (await stat(location + end)).mode & 0o777));
      for (const [mode, expected] of [
        [undefined, 0o600],
        [0o660, 0o660],
      ] as const) {
        const place = await newSqlitePlace();
        if (mode !== undefined) {
          await writeFile(place.location, '');
          await chmod(place.location, mode);
        }
        const log = new Log(await place.open());
        await log.append('acme', draft('e-0'));
        expect(await modes(place.location)).toEqual([expected, expected, expected]);
        await log.close();
        await expectIntact(place.location, { acme: 1 });
      }
    },
  );

  it.skipIf(process.platform === 'win32').each([
    ['replaced', (backup: string, path: string) => rename(backup, path)],
    ['taken away', (backup: string, path: string) => rename(path, `${backup}.old`)],
  ])('that is %s while somebody has it open takes nothing more, and says so', async (how, change) => {
    const place = await newSqlitePlace();
    const first = new Log(await place.open());
    await first.appendAll('acme', drafts('e', 3));
    await first.close();
    const store = await place.open();
    const log = new Log(store);
    await log.append('acme', draft('e-3'));
    await anchorTenant(store, 'acme');
    // Everything into the file itself: what stands beside it would not be the backup's.
    const db = new Database(place.location);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    const backup = join(place.folder, 'backup.db');
    await copyFile(place.location, backup);
    expect((await log.append('acme', draft('e-4'))).seq).toBe(5);
    await change(backup, place.location);
    expect(await outcome(log.append('acme', draft('e-5')))).toBe('store_unavailable');
    expect(await outcome(anchorTenant(store, 'acme'))).toBe('store_unavailable');
    expect(await outcome(store.head('acme'))).toBe('store_unavailable');
    await log.close();
    await store.close();
    await rm(`${place.location}-wal`, { force: true });
    if (how === 'taken away') await rename(backup, place.location);
    const again = new Log(await place.open());
    expect((await again.append('acme', draft('e-5'))).seq).toBe(5);
    await again.close();
    await expectIntact(place.location, { acme: 5 });
  });

  it('is one file that holds everything when the store is closed', async () => {
    const place = await newSqlitePlace();
    const store = await place.open();
    const log = new Log(store);
    await log.appendAll('acme', drafts('e', 100));
    await anchorTenant(store, 'acme');
    await log.close();
    await store.close();
    const copy = join(place.folder, 'copy.db');
    await copyFile(place.location, copy);
    await expectIntact(copy, { acme: 100 });
  });

  it('is verified by somebody who comes while another process has it to itself', async () => {
    const place = await newSqlitePlace();
    const store = await place.open();
    const log = new Log(store);
    await log.appendAll('acme', drafts('e', 5));
    await log.close();
    await store.close();
    // A file that this process has never opened.
    const copy = join(place.folder, 'copy.db');
    await copyFile(place.location, copy);
    // As whoever closes a file last has it, while the write-ahead log is emptied.
    const other = spawn(process.execPath, ['--input-type=module', '--eval', HAVE_FOR_A_SECOND, copy], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(other, 'close');
    await Promise.race([once(other.stdout, 'data'), ended]);
    await expectIntact(copy, { acme: 5 });
    expect((await ended)[0]).toBe(0);
  });

  it('loses nothing when its own process verifies the file while others come and go', async () => {
    const place = await newSqlitePlace();
    const log = new Log(await place.open());
    for (let i = 0; i < 4; i++) {
      await log.append('tenant-0', draft(`before-${i}`));
      const source = await openSource(place.location);
      expect((await verifyAll(source)).status).toBe('valid');
      await source.close();
      const plan = { location: place.location, seed: 1, name: `w${i}`, entries: 3, tenants: 1, callers: 1 };
      await run(process.execPath, [
        WRITER,
        JSON.stringify({ ...plan, acks: join(place.folder, `acks${i}`) }),
      ]);
      await log.append('tenant-0', draft(`after-${i}`));
    }
    await log.close();
    await expectIntact(place.location, { 'tenant-0': 20 });
  });

  it('holds no more files after a thousand anchoring runs than after one', async () => {
    const place = await newSqlitePlace();
    const store = await place.open();
    await store.register('acme');
    const open = async () => (await readdir('/proc/self/fd').catch(() => [])).length;
    await anchorTenant(store, 'acme');
    const before = await open();
    for (let i = 0; i < 1_000; i++) await anchorTenant(store, 'acme');
    expect((await open()) - before).toBeLessThan(10);
    await expectIntact(place.location, { acme: 0 });
  });

  it('reads what is stored now, also after a walk that was given up', async () => {
    const place = await newSqlitePlace();
    const store = await place.open();
    const log = new Log(store);
    await log.appendAll('acme', drafts('e', 1_500));
    for (let i = 0; i < 3; i++) {
      const source = store.source();
      for await (const _ of (await source.log('acme')).walk({ from: 0 })) break;
      await source.close();
      const { seq } = await log.append('acme', draft(`next-${i}`));
      expect(await anchorTenant(store, 'acme')).toMatchObject({ through: seq });
    }
    await log.close();
    await expectIntact(place.location, { acme: 1_503 });
  });

  it('pages through any number of tenants that have something to anchor', async () => {
    const place = await newSqlitePlace();
    const store = await place.open();
    const names = Array.from({ length: 1_001 }, (_, i) => `t${String(i).padStart(4, '0')}`);
    for (const name of names) await store.register(name);
    const found = [];
    for await (const { tenant } of store.unanchored()) found.push(tenant);
    expect(found).toEqual(names);
    await expectIntact(place.location, Object.fromEntries(names.map((name) => [name, 0])));
  });

  it('is made when its file is not there, or is empty, unless that is not wanted', async () => {
    const place = await newSqlitePlace();
    expect(await outcome(openStore(place.location, { create: false }))).toBe('source_invalid');
    await writeFile(place.location, '');
    expect(await outcome(openStore(place.location, { create: false }))).toBe('source_invalid');
    expect(await readdir(place.folder)).toEqual(['log.db']);
    await (await place.open()).register('acme');
    await (await openStore(`sqlite:${place.location}`, { create: false })).close();
    await expectIntact(place.location, { acme: 0 });
  });

  it('is not made of what is no store', async () => {
    const place = await newSqlitePlace();
    const foreign = join(place.folder, 'foreign.db');
    const db = new Database(foreign);
    db.exec('CREATE TABLE notes (text)');
    db.close();
    const newer = join(place.folder, 'newer.db');
    await (await openStore(newer)).close();
    const later = new Database(newer);
    later.exec('PRAGMA user_version = 2');
    later.close();
    const text = join(place.folder, 'text.db');
    await writeFile(text, 'no database, but more than a hundred bytes of something else '.repeat(20));
    for (const path of [foreign, newer, text]) expect(await outcome(openStore(path))).toBe('store_layout');
    for (const path of [place.folder, join(place.folder, 'no', 'such', 'folder.db')]) {
      expect(await outcome(openStore(path))).toBe('store_unavailable');
    }
    for (const where of ['', 'https://example.org/log.db']) {
      expect(await outcome(openStore(where))).toBe('source_invalid');
    }
    await (await place.open()).register('acme');
    await expectIntact(place.location, { acme: 0 });
  });
});
