import { chmod, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { leafHash, merkleRoot, SEALS_TENANT, verifyInclusion } from '@sealtrail/format';
import { changeKey, createKeyFile, logHandler, openKeyFile } from '@sealtrail/publisher';
import { sealTenants } from '@sealtrail/store';
import type { Signer } from '@sealtrail/tlog';
import { newTiles, openCheckpoint, readEntryBundle, readHashTile, tilePath } from '@sealtrail/tlog';
import { describe, expect, inject, it } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { newMongodbPlace, newSqlitePlace } from '../support/places.ts';
import { rehash } from '../support/rehash.ts';
import { newSigner, ORIGIN, World } from './world.ts';

const mongodb = inject('mongodbUrl');
const places = [
  ['sqlite', newSqlitePlace] as const,
  ...(mongodb === undefined ? [] : [['mongodb', newMongodbPlace(mongodb)] as const]),
];

describe.each(places)('publishing from %s', (_, newPlace) => {
  it('signs each seal once, and everything that was signed stays provable', async () => {
    const world = await World.open(newPlace);
    const publisher = world.publisher();
    const seen: { size: number; root: string }[] = [];
    for (let i = 0; i < 4; i++) {
      await world.seal();
      const { checkpoint, made } = await publisher.publish();
      expect([made, checkpoint?.origin]).toEqual([true, ORIGIN]);
      expect(await publisher.publish()).toEqual({ checkpoint, made: false });
      const opened = openCheckpoint(await readFile(join(world.folder, 'public', 'checkpoint'), 'utf8'), [
        world.signer.key,
      ]);
      expect(opened).toMatchObject({ size: checkpoint?.size, root: checkpoint?.root });
      seen.push(opened);
    }
    const rows = await world.store.readFrom(SEALS_TENANT, 0, 1_000);
    const leaves = rows.map(({ entry }) => leafHash(entry));
    for (const { size, root } of seen) expect(merkleRoot(leaves.slice(0, size))).toBe(root);
    const newest = seen.at(-1) as { size: number; root: string };
    for (const [index, leaf] of leaves.entries()) {
      const { proof, checkpoint } = await world.log().proveLeaf(index);
      expect(openCheckpoint(checkpoint, [world.signer.key]).root).toBe(newest.root);
      expect(verifyInclusion(index, newest.size, leaf, proof, newest.root)).toBe(true);
    }
    for (const checkpoint of seen) await world.expectSound(checkpoint);
  });

  it('refuses to sign a log that was set back, or whose past was rewritten', async () => {
    const world = await World.open(newPlace);
    const publisher = world.publisher();
    await world.seal();
    await world.seal();
    await publisher.publish();
    const hand = await world.hand();
    const rows = await hand.rows('entries', SEALS_TENANT);
    const { seq } = rows.at(-1) as { seq: number };
    const last = rows.at(-2) as Record<string, unknown>;
    await rehash(hand, SEALS_TENANT, seq, { time: '2031-01-01T00:00:00.000Z' }, { head: true });
    expect(await codeOf(publisher.publish())).toBe('checkpoint_refused');
    await hand.remove('entries', { tenant: SEALS_TENANT, seq });
    await hand.set(
      'heads',
      { tenant: SEALS_TENANT },
      { seq: last['seq'], hash: last['hash'], time: last['time'] },
    );
    expect(await codeOf(publisher.publish())).toBe('checkpoint_refused');
    // What was published stays as it was.
    const shown = openCheckpoint(await readFile(join(world.folder, 'public', 'checkpoint'), 'utf8'), [
      world.signer.key,
    ]);
    expect(shown.size).toBe(seq + 1);
  });
});

const newWorld = () => World.open(newSqlitePlace);

describe('a publisher', () => {
  it('refuses a log of which an older part was rewritten while its newest entry stayed', async () => {
    const world = await newWorld();
    const publisher = world.publisher();
    await world.seal();
    await world.seal();
    await publisher.publish();
    await world.seal();
    await rehash(await world.hand(), SEALS_TENANT, 1, { time: '2020-01-01T00:00:00.000Z' }, { upTo: 2 });
    expect(await codeOf(publisher.publish())).toBe('log_broken');
  });

  it('refuses a log whose entry at the end of a tile is not the one that the next tile begins after', async () => {
    const world = await newWorld();
    await world.seal();
    for (let i = 0; i < 260; i++) await sealTenants(world.store, { idleMs: 0 });
    const hand = await world.hand();
    const row = (await hand.rows('entries', SEALS_TENANT))[255] as Record<string, unknown>;
    await rehash(hand, SEALS_TENANT, 255, { time: '2020-01-01T00:00:00.000Z' }, { upTo: 255 });
    const publisher = world.publisher();
    expect(await codeOf(publisher.publish())).toBe('log_broken');
    // Put back as it was, it is signed.
    await hand.set('entries', { tenant: SEALS_TENANT, seq: 255 }, row);
    const { checkpoint } = await publisher.publish();
    await world.expectSound(checkpoint);
  });

  it('goes on after a crash between signing and showing', async () => {
    const world = await newWorld();
    await world.seal();
    const { checkpoint } = await world.publisher().publish();
    await rm(join(world.folder, 'public', 'checkpoint'));
    expect(await world.publisher().publish()).toEqual({ checkpoint, made: false });
    expect(await readFile(join(world.folder, 'public', 'checkpoint'), 'utf8')).toBe(checkpoint?.note);
    await world.expectSound(checkpoint);
  });

  it('says which file is no checkpoint, and how to mend it where that is safe', async () => {
    const world = await newWorld();
    await world.seal();
    const publisher = world.publisher();
    const { checkpoint } = await publisher.publish();
    const path = join(world.folder, 'public', 'checkpoint');
    await writeFile(path, 'something else');
    const refused = (message: string) => ({
      code: 'note_malformed',
      message: expect.stringContaining(message),
    });
    await expect(publisher.publish()).rejects.toMatchObject(refused(`${path} is no checkpoint: `));
    await expect(publisher.publish()).rejects.toMatchObject(refused('Take it away'));
    await rm(path);
    await publisher.publish();
    expect(await readFile(path, 'utf8')).toBe(checkpoint?.note);
    const forgetful = join(world.folder, 'other');
    await cp(join(world.folder, 'public'), join(forgetful, 'public'), { recursive: true });
    await writeFile(join(forgetful, 'public', 'checkpoint'), 'something else');
    const error = await world
      .publisher({ folder: forgetful })
      .publish()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(refused('is no checkpoint'));
    expect(String(error)).not.toContain('Take it away');
    await world.expectSound(checkpoint);
  });

  it('signs nothing when what it signed is not remembered', async () => {
    const world = await newWorld();
    await world.seal();
    const publisher = world.publisher();
    await publisher.publish();
    publisher.close();
    for (const name of await readdir(world.folder)) {
      if (name.startsWith('publisher.db')) await rm(join(world.folder, name));
    }
    expect(await codeOf(world.publisher().publish())).toBe('checkpoint_refused');
  });

  it('belongs to one log', async () => {
    const world = await newWorld();
    await world.seal();
    await world.publisher().publish();
    const other = await newSigner(world.place.folder, 'other.example/log');
    expect(await codeOf(world.publisher({ signers: [other] }).publish())).toBe('checkpoint_refused');
    expect(await codeOf(() => world.publisher({ signers: [] }))).toBe('config_invalid');
    expect(await codeOf(() => world.publisher({ signers: [world.signer, other] }))).toBe('config_invalid');
    const witness = await newSigner(world.place.folder, 'w.example', 'witness');
    expect(await codeOf(() => world.publisher({ signers: [witness] }))).toBe('config_invalid');
    await writeFile(
      join(world.place.folder, 'publisher.db'),
      'something else, longer than a header of a database would be',
    );
    expect(await codeOf(world.publisher({ folder: world.place.folder }).publish())).toMatch(/^store_/);
  });

  it('several at once sign one history', async () => {
    const world = await newWorld();
    const publishers = await Promise.all(
      [1, 2, 3].map(async () => world.publisher({ store: await world.place.open() })),
    );
    for (let i = 0; i < 5; i++) {
      await world.seal(1);
      const all = await Promise.all(publishers.map((publisher) => publisher.publish()));
      expect(all.filter(({ made }) => made)).toHaveLength(1);
      expect(new Set(all.map(({ checkpoint }) => checkpoint?.root)).size).toBe(1);
    }
    await world.expectSound((await publishers[0]?.newest()) as { size: number; root: string });
  });
});

describe('the keys of a log', () => {
  it('are named in it, and change step by step', async () => {
    const world = await newWorld();
    const next = await newSigner(world.place.folder);
    await world.seal();
    const old = world.publisher();
    await old.publish();
    // A key that the log does not name signs nothing.
    await world.seal();
    expect(await codeOf(world.publisher({ signers: [next] }).publish())).toBe('key_invalid');
    expect(await changeKey(world.store, world.log(), 'added', next.key)).toBe(true);
    expect(await changeKey(world.store, world.log(), 'added', next.key)).toBe(false);
    const { checkpoint } = await world.publisher({ signers: [world.signer, next] }).publish();
    const both = openCheckpoint(String(checkpoint?.note), [world.signer.key, next.key]);
    expect(both.signedBy).toEqual([world.signer.key, next.key]);
    expect(await changeKey(world.store, world.log(), 'retired', world.signer.key)).toBe(true);
    await world.seal();
    expect(await codeOf(old.publish())).toBe('key_invalid');
    const { checkpoint: later } = await world.publisher({ signers: [next] }).publish();
    expect(openCheckpoint(String(later?.note), [next.key]).size).toBe(later?.size);
    expect(await codeOf(() => openCheckpoint(String(later?.note), [world.signer.key]))).toBe(
      'note_unverified',
    );
    await world.expectSound(later);
  });

  it('are refused when they are of another log, not named, retired, or the last', async () => {
    const world = await newWorld();
    await world.seal();
    expect(await codeOf(() => world.log())).toBe('config_invalid');
    await world.publisher().publish();
    const log = world.log();
    const change = (...[kind, { key }]: ['added' | 'retired', Signer]) =>
      codeOf(changeKey(world.store, log, kind, key));
    const next = await newSigner(world.place.folder);
    expect(await change('added', await newSigner(world.place.folder, 'other.example/log'))).toBe(
      'key_invalid',
    );
    expect(await change('added', await newSigner(world.place.folder, ORIGIN, 'witness'))).toBe('key_invalid');
    expect(await change('retired', next)).toBe('key_invalid');
    expect(await change('retired', world.signer)).toBe('key_invalid');
    expect(await change('added', next)).toBe('done');
    // Neither is under a checkpoint yet: of two at once, one key stays.
    const both = await Promise.all([change('retired', world.signer), change('retired', next)]);
    expect(both.sort()).toEqual(['done', 'key_invalid']);
    expect(await change('retired', world.signer)).toBe('key_invalid');
    expect(await change('added', world.signer)).toBe('key_invalid');
    const { checkpoint } = await world.publisher({ signers: [next] }).publish();
    expect(openCheckpoint(String(checkpoint?.note), [next.key]).signedBy).toEqual([next.key]);
    await world.expectSound(checkpoint);
  });

  it('are not named anew by a publisher that has forgotten everything', async () => {
    const world = await newWorld();
    await world.seal();
    await world.publisher().publish();
    const thief = await newSigner(world.place.folder);
    const elsewhere = world.publisher({ folder: join(world.place.folder, 'elsewhere'), signers: [thief] });
    expect(await codeOf(elsewhere.publish())).toBe('key_invalid');
    await world.expectSound();
  });

  it('are files that only their owner reads, and that are never overwritten', async () => {
    const world = await newWorld();
    const file = join(world.place.folder, 'operator.key');
    const key = await createKeyFile(file, ORIGIN, 'log');
    expect((await openKeyFile(file)).key).toEqual(key);
    expect(await codeOf(createKeyFile(file, ORIGIN, 'log'))).toBe('key_invalid');
    expect((await openKeyFile(file)).key).toEqual(key);
    await chmod(file, 0o640);
    expect(await codeOf(openKeyFile(file))).toBe('key_invalid');
    expect(await codeOf(openKeyFile(join(world.place.folder, 'none.key')))).toBe('key_invalid');
    expect(await codeOf(createKeyFile(join(world.place.folder, 'b.key'), 'a b', 'log'))).toBe('key_invalid');
  });
});

describe('what is published', () => {
  it('are the checkpoint and every tile of its tree, and nothing else is served', async () => {
    const world = await newWorld();
    for (let i = 0; i < 3; i++) await world.seal(1);
    const { checkpoint } = await world.publisher().publish();
    const serve = logHandler(world.folder);
    expect(await serve('checkpoint')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
    const size = checkpoint?.size as number;
    const rows = await world.store.readFrom(SEALS_TENANT, 0, 1_000);
    for (const tile of newTiles(0, size)) {
      const { status, body, headers } = await serve(tilePath(tile));
      expect([status, headers['content-type']]).toEqual([200, 'application/octet-stream']);
      if (tile.level === 'entries') {
        expect(readEntryBundle(body as Uint8Array, tile.width)).toEqual(rows.map(({ entry }) => entry));
      } else {
        expect(readHashTile(body as Uint8Array, tile.width)).toEqual(rows.map(({ hash }) => hash));
      }
    }
    for (const path of [
      '',
      '../publisher.db',
      'tile/0/../../../publisher.db',
      'publisher.db',
      'tile/0/001',
      'tile/0/000.p/200',
    ]) {
      expect((await serve(path)).status).toBe(404);
    }
  });

  it('grows over full tiles and levels as the log does', async () => {
    const world = await newWorld();
    const publisher = world.publisher();
    await world.seal();
    await publisher.publish();
    // Entries of keys make the operator's log grow faster than seals would.
    const keys = await Promise.all(Array.from({ length: 300 }, () => newSigner(world.place.folder)));
    const folder = world.log();
    for (const { key } of keys) await changeKey(world.store, folder, 'added', key);
    const { checkpoint } = await publisher.publish();
    const size = checkpoint?.size as number;
    expect(size).toBeGreaterThan(256);
    for (const tile of newTiles(0, size)) {
      expect((await logHandler(world.folder)(tilePath(tile))).status).toBe(200);
    }
    for (const index of [0, 255, 256, size - 1]) {
      const [row] = await world.store.readFrom(SEALS_TENANT, index, 1);
      const { proof } = await world.log().proveLeaf(index);
      expect(verifyInclusion(index, size, String(row?.hash), proof, String(checkpoint?.root))).toBe(true);
    }
    await world.expectSound(checkpoint);
  });
});
