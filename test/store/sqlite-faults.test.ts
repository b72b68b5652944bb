import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anchorTenant, Log } from '@sealtrail/store';
import { openSqliteStore } from '@sealtrail/store/sqlite';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAcks } from '../campaigns/lib/acks.mjs';
import { draft, drafts } from '../support/drafts.ts';
import { outcome } from '../support/errors.ts';
import { newSqlitePlace, type Place } from '../support/places.ts';
import { expectIntact, storedRows } from '../support/verified.ts';

const WRITES = {
  'the registration': 'INSERT ON tenants',
  'the first entry of a log': 'INSERT ON entries WHEN new.seq = 0',
  'the head of a new log': 'INSERT ON heads',
  'an entry': 'INSERT ON entries WHEN new.seq = 5',
  'the head': 'UPDATE OF seq ON heads',
  'an anchor': 'INSERT ON anchors',
  'the head’s note of an anchor': 'UPDATE OF anchor_number ON heads',
} as const;

// How a statement can fail: alone, leaving what it did so far, or with the whole transaction.
const WAYS = ['ABORT', 'FAIL', 'ROLLBACK'];

const TABLE = Object.entries(WRITES).flatMap(([what, when]) => WAYS.map((way) => [what, way, when] as const));

/** A connection of somebody else. */
function connect(place: Place): Database.Database {
  const db = new Database(place.location);
  onTestFinished(() => void db.close());
  return db;
}

describe('a write that fails', () => {
  it.each(TABLE)('leaves nothing behind, and the next one needs no help: %s (%s)', async (_, way, when) => {
    const place = await newSqlitePlace();
    const store = await place.open();
    const log = new Log(store);
    await log.appendAll('other', drafts('e', 2));
    const hand = connect(place);
    hand.exec(`CREATE TRIGGER fault BEFORE ${when} BEGIN SELECT RAISE(${way}, 'out of order'); END`);
    const first = await outcome(log.appendAll('acme', drafts('e', 8)));
    const anchored = first === 'done' ? await outcome(anchorTenant(store, 'acme')) : first;
    expect(anchored).toBe('store_unavailable');
    expect((await storedRows(place.location, 'acme')).length).toBeOneOf([0, 1, 9]);
    hand.exec('DROP TRIGGER fault');
    const again = await log.appendAll('acme', drafts('e', 8));
    expect(again.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await anchorTenant(store, 'acme')).toMatchObject({ anchors: 1, through: 8 });
    await log.close();
    await expectIntact(place.location, { acme: 8, other: 2 });
  });

  it('because the disk is full loses nothing that was acknowledged before', async () => {
    const place = await newSqlitePlace();
    const log = new Log(await place.open());
    await log.append('tenant-0', draft('first'));
    await log.close();
    const acks = join(place.folder, 'acks');
    const plan = {
      location: place.location,
      seed: 1,
      name: 'w',
      entries: 5_000,
      tenants: 1,
      callers: 20,
      acks,
    };
    const writer = fileURLToPath(new URL('../campaigns/lib/writer.mjs', import.meta.url));
    // No file may grow beyond what this one has and a megabyte; what the shell ignores, the writer ignores.
    const blocks = Math.ceil((statSync(place.location).size + 1_000_000) / 512);
    const full = spawn(
      'sh',
      [
        '-c',
        `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`,
        'sh',
        process.execPath,
        writer,
        JSON.stringify({ ...plan, attempts: 2 }),
      ],
      { stdio: 'ignore' },
    );
    const [code] = await once(full, 'exit');
    expect(code).not.toBe(0);
    const acknowledged = readAcks(acks);
    expect(acknowledged.length).toBeGreaterThan(0);
    const stored = new Map((await storedRows(place.location, 'tenant-0')).map((row) => [row['id'], row]));
    for (const { id, seq, hash } of acknowledged) expect(stored.get(id)).toMatchObject({ seq, hash });
    const roomy = spawn(process.execPath, [writer, JSON.stringify({ ...plan, entries: 3_000 })], {
      stdio: 'inherit',
    });
    expect(await once(roomy, 'exit')).toEqual([0, null]);
    await expectIntact(place.location, { 'tenant-0': 3_001 });
  });
});

describe('a file that somebody else writes to', () => {
  it('is waited for', async () => {
    const place = await newSqlitePlace();
    const store = await place.open();
    const log = new Log(store);
    await log.append('acme', draft('e-1'));
    const hand = connect(place);
    hand.exec('BEGIN IMMEDIATE');
    let done = false;
    const waiting = log.append('acme', draft('e-2')).then(() => {
      done = true;
    });
    expect((await store.findById('acme', 'e-1'))?.seq).toBe(1);
    await new Promise((resume) => setTimeout(resume, 50));
    expect(done).toBe(false);
    hand.exec('COMMIT');
    await waiting;
    await log.close();
    await expectIntact(place.location, { acme: 2 });
  });

  it('for too long is store_unavailable, and nothing was written', async () => {
    const place = await newSqlitePlace();
    await (await place.open()).register('acme');
    const hand = connect(place);
    const impatient = await openSqliteStore(place.location, { lockWaitMs: 20 });
    onTestFinished(() => impatient.close());
    hand.exec('BEGIN IMMEDIATE');
    const log = new Log(impatient);
    expect(await outcome(log.append('acme', draft('e-1')))).toBe('store_unavailable');
    expect(await outcome(log.append('beta', draft('e-1')))).toBe('store_unavailable');
    expect(await outcome(anchorTenant(impatient, 'acme'))).toBe('store_unavailable');
    hand.exec('ROLLBACK');
    expect((await log.append('acme', draft('e-1'))).duplicate).toBe(false);
    await log.close();
    await expectIntact(place.location, { acme: 1 });
  });

  it('is waited for when the store is opened', async () => {
    const place = await newSqlitePlace();
    const hand = connect(place);
    hand.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    const opening = place.open();
    await new Promise((resume) => setTimeout(resume, 30));
    hand.exec('COMMIT');
    await (await opening).register('acme');
    await expectIntact(place.location, { acme: 0 });
  });
});
