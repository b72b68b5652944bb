import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMPTY_ROOT, leafHash, merkleRoot, SEALS_TENANT } from '@sealtrail/format';
import { changeKey, LogFolder, Publisher } from '@sealtrail/publisher';
import { openStore, sealTenants } from '@sealtrail/store';
import {
  encodeEntryBundle,
  encodeHashTile,
  isExtension,
  policyOfKey,
  readCheckpointText,
  readNote,
  type Signer,
  signCheckpoint,
} from '@sealtrail/tlog';
import {
  openPublishedLog,
  type PublishedReport,
  verifyCheckpoint,
  verifyPublished,
} from '@sealtrail/verifier';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newSigner, ORIGIN } from './world.ts';

// What is published beside the checkpoint is what people read: whoever can write to the web server's folder can change it.

let folder: string;
let signer: Signer;
let size: number;
/** A copy of what is published, to be changed. */
let shown: string;
let texts: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealtrail-published-'));
  signer = await newSigner(folder);
  shown = join(folder, 'shown');
  const store = await openStore(join(folder, 'log.db'));
  const publisher = new Publisher({ store, folder: join(folder, 'log'), signers: [signer] });
  try {
    await sealTenants(store);
    const first = await publisher.publish();
    await writeFile(join(folder, 'log', 'older'), String(first.checkpoint?.note));
    // Enough leaves for a full bundle and a second level.
    const keys = await Promise.all(Array.from({ length: 260 }, () => newSigner(folder)));
    const published = new LogFolder(join(folder, 'log'));
    for (const { key } of keys) await changeKey(store, published, 'added', key);
    published.close();
    size = (await publisher.publish()).checkpoint?.size as number;
    texts = (await store.readFrom(SEALS_TENANT, 0, 1_000)).map(({ entry }) => entry);
  } finally {
    publisher.close();
    await store.close();
  }
});

beforeEach(async () => {
  await rm(shown, { recursive: true, force: true });
  await cp(join(folder, 'log', 'public'), shown, { recursive: true });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const verified = (leaves = true): Promise<PublishedReport> =>
  verifyPublished(openPublishedLog(shown), { policy: policyOfKey(signer.key), leaves });

async function change(file: string, how: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  const path = join(shown, file);
  await writeFile(path, how(await readFile(path)));
}

/** One bit of the byte at a place. */
const turned =
  (at: number) =>
  (bytes: Uint8Array): Uint8Array =>
    bytes.with(at, (bytes[at] as number) ^ 1);

describe('a published log', () => {
  it('is valid as it was published, and says what was not looked at', async () => {
    expect(await verified()).toMatchObject({ status: 'valid', leaves: { checked: size, fault: null } });
    const { status, leaves, notChecked } = await verified(false);
    expect([status, leaves, notChecked.map(({ code }) => code)]).toEqual([
      'valid',
      null,
      ['witnesses', 'leaves'],
    ]);
  });

  it.each([
    ['a leaf', 'entries/000', (bytes: Uint8Array) => turned(2 + 40)(bytes), 0],
    ['a length', 'entries/000', (bytes: Uint8Array) => turned(1)(bytes), 0],
    [
      'a byte more behind the leaves',
      'entries/000',
      (bytes: Uint8Array) => Buffer.concat([bytes, bytes.subarray(0, 1)]),
      null,
    ],
    ['the last leaf cut', 'entries/000', (bytes: Uint8Array) => bytes.subarray(0, -1), 255],
    ['a hash', '0/000', turned(32 * 7), 7],
    ['a tile cut', '0/000', (bytes: Uint8Array) => bytes.subarray(0, -1), 0],
    ['a hash of the second level', '1/000.p/1', turned(3), 0],
  ])('is broken with %s changed', async (_, file, how, position) => {
    await change(`tile/${file}`, how);
    const { status, leaves } = await verified();
    expect([status, leaves?.fault]).toMatchObject(['broken', { path: `tile/${file}`, position }]);
  });

  it.each([
    ['entries/000', 0],
    ['0/000', 0],
    ['1/000.p/1', 0],
  ])('is not shown to be whole without tile/%s', async (file, position) => {
    await rm(join(shown, 'tile', file));
    const { status, leaves } = await verified();
    expect([status, leaves?.fault]).toMatchObject(['unverifiable', { path: `tile/${file}`, position }]);
  });

  it('is not called forked for a tile that somebody changed, and not followed either', async () => {
    const older = join(folder, 'log', 'older');
    const last = readCheckpointText(readNote(await readFile(older, 'utf8')).text);
    const options = { policy: policyOfKey(signer.key), last };
    const log = openPublishedLog(shown);
    expect((await verifyPublished(log, options)).relation).toBe('extended');
    await change('tile/0/000', turned(32 * 5));
    const { status, relation, leaves } = await verifyPublished(log, options);
    expect([status, relation, leaves?.fault?.position]).toEqual(['broken', 'unproved', 5]);
    // Nor by whoever looks at no more of it than the checkpoint, from a file or in a proof.
    const { consistency } = log;
    const alone = await verifyCheckpoint(await log.checkpoint(), { ...options, consistency });
    expect([alone.status, alone.relation]).toEqual(['unverifiable', 'unproved']);
    const few = await verifyPublished(log, { ...options, leaves: false });
    expect([few.status, few.relation]).toEqual(['unverifiable', 'unproved']);
  });

  it.skipIf(process.platform === 'win32')(
    'is read no further than a log can go, whatever lies in its folder',
    async () => {
      const pipe = join(folder, 'pipe');
      spawnSync('mkfifo', [pipe]);
      for (const file of ['checkpoint', 'tile/0/000']) {
        const path = join(shown, file);
        const kept = await readFile(path);
        for (const make of [
          () => symlink(pipe, path),
          () => symlink('/dev/zero', path),
          () => writeFile(path, '').then(() => truncate(path, 2 ** 40)),
        ]) {
          await rm(path);
          await make();
          const said = await verified().then(({ leaves }) => leaves?.fault?.message, String);
          expect(said).toMatch(/cannot read|is longer than/);
        }
        await rm(path);
        await writeFile(path, kept);
      }
      expect((await verified()).status).toBe('valid');
    },
  );

  it('has a checkpoint that begins with its origin, and with no mark', async () => {
    await change('checkpoint', (bytes) => Buffer.concat([Buffer.from('\u{feff}'), bytes]));
    expect(await verified()).toMatchObject({ status: 'broken', relation: null });
  });

  it('is broken when a leaf and its hash are changed together, and names it by its neighbours', async () => {
    const changed = texts.with(100, (texts[100] as string).replace('"sealtrail"', '"somebody"'));
    await writeFile(join(shown, 'tile/entries/000'), encodeEntryBundle(changed.slice(0, 256)));
    await writeFile(join(shown, 'tile/0/000'), encodeHashTile(changed.slice(0, 256).map(leafHash)));
    const { status, leaves } = await verified();
    expect([status, leaves?.fault]).toMatchObject(['broken', { path: null, position: 100 }]);
  });

  it('is broken when what was signed are no entries of an operator’s log', async () => {
    const changed = ['one', ...texts.slice(1, 3)];
    await writeFile(join(shown, 'tile/entries/000.p/3'), encodeEntryBundle(changed));
    await writeFile(join(shown, 'tile/0/000.p/3'), encodeHashTile(changed.map(leafHash)));
    const checkpoint = { origin: ORIGIN, size: 3, root: merkleRoot(changed.map(leafHash)) };
    await writeFile(join(shown, 'checkpoint'), await signCheckpoint(checkpoint, [signer]));
    const { status, leaves } = await verified();
    expect([status, leaves?.fault]).toMatchObject(['broken', { path: null, position: 0 }]);
  });
});

describe('a checkpoint of an empty log', () => {
  it('is extended by nothing if its root is not that of an empty tree', () => {
    const now = { origin: ORIGIN, size: 1, root: leafHash('one') };
    expect(isExtension({ origin: ORIGIN, size: 0, root: EMPTY_ROOT }, now, [])).toBe(true);
    expect(isExtension({ origin: ORIGIN, size: 0, root: leafHash('two') }, now, [])).toBe(false);
  });
});
