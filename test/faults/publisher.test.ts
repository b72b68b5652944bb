import { mkdirSync, renameSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import type { Delivery, Sink } from '@sealtrail/publisher';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { World } from '../publisher/world.ts';
import { newSqlitePlace } from '../support/places.ts';
import { ended } from './world.ts';

/** A sink that takes everything, and remembers what. */
class Taking implements Sink {
  readonly name = 'taking';
  readonly newestOnly = false;
  readonly taken: number[] = [];
  refuses = false;

  async deliver({ checkpoint }: Delivery) {
    if (this.refuses) throw new SealtrailError('sink_failed', 'not today');
    this.taken.push(checkpoint.size);
    return {};
  }
}

async function published() {
  const world = await World.open(newSqlitePlace);
  const sink = new Taking();
  const publisher = world.publisher({ sinks: [sink] });
  await world.seal();
  await publisher.publish();
  await publisher.deliver(sink.name);
  const memory = new Database(join(world.folder, 'publisher.db'));
  onTestFinished(() => void memory.close());
  await world.seal();
  return { world, sink, publisher, memory };
}

/** What is published and remembered is one history, over all seals. */
async function expectWhole({ world, sink, publisher }: Awaited<ReturnType<typeof published>>): Promise<void> {
  const { checkpoint } = await publisher.publish();
  await publisher.deliver(sink.name);
  expect(new Set(sink.taken).size).toBe(2);
  expect((await publisher.sinks()).map(({ outstanding }) => outstanding)).toEqual([0]);
  const { checkpoint: note } = await world.log().proveLeaf(0);
  expect(note).toBe(checkpoint?.note);
  await world.expectSound(checkpoint);
}

describe('what a publisher remembers', () => {
  it.each([
    ['its sinks', 'DELETE ON sinks'],
    ['a signed checkpoint', 'INSERT ON checkpoints'],
  ])('%s: nothing is signed or shown while it cannot be written', async (_, when) => {
    const scene = await published();
    const { world, publisher, memory } = scene;
    const before = (await publisher.newest())?.note;
    for (const way of ['ABORT', 'FAIL', 'ROLLBACK']) {
      memory.exec(`CREATE TRIGGER fault BEFORE ${when} BEGIN SELECT RAISE(${way}, 'out of order'); END`);
      expect(await ended(publisher.publish()), way).toBe('store_unavailable');
      memory.exec('DROP TRIGGER fault');
      expect((await publisher.newest())?.note).toBe(before);
      await world.expectSound(await publisher.newest());
    }
    await expectWhole(scene);
  });

  it('what cannot be opened is named: it is not the store that failed', async () => {
    const world = await World.open(newSqlitePlace);
    await world.seal();
    const path = join(world.folder, 'publisher.db');
    await mkdir(world.folder);
    await writeFile(path, 'no database, and long enough to be seen as none. '.repeat(100));
    for (const [attempt, said] of [
      [world.publisher().publish(), `${path} cannot be written`],
      [world.log().newest(), `${path} cannot be read`],
    ] as const) {
      await expect(attempt).rejects.toMatchObject({
        code: 'store_unavailable',
        message: expect.stringContaining(said),
      });
    }
  });

  it('that a sink has a checkpoint: it gets it once more', async () => {
    const scene = await published();
    const { sink, publisher, memory } = scene;
    await publisher.publish();
    memory.exec("CREATE TRIGGER fault BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'full'); END");
    expect(await ended(publisher.deliver(sink.name))).toBe('store_unavailable');
    expect((await publisher.sinks())[0]).toMatchObject({ outstanding: 1 });
    memory.exec('DROP TRIGGER fault');
    await expectWhole(scene);
    expect(sink.taken.filter((size) => size === sink.taken.at(-1))).toHaveLength(2);
  });

  it('that a sink failed: the failure itself is told, and it stays outstanding', async () => {
    const scene = await published();
    const { sink, publisher, memory } = scene;
    await publisher.publish();
    sink.refuses = true;
    memory.exec("CREATE TRIGGER fault BEFORE INSERT ON failures BEGIN SELECT RAISE(ABORT, 'full'); END");
    expect(await ended(publisher.deliver(sink.name))).toBe('sink_failed');
    memory.exec('DROP TRIGGER fault');
    expect((await publisher.sinks())[0]).toMatchObject({ outstanding: 1 });
    sink.refuses = false;
    await expectWhole(scene);
  });

  it('is waited for while another process writes it', async () => {
    const scene = await published();
    scene.memory.exec('BEGIN IMMEDIATE');
    let isDone = false;
    const publishing = scene.publisher.publish().then(() => {
      isDone = true;
    });
    await new Promise((resume) => setTimeout(resume, 50));
    expect(isDone).toBe(false);
    scene.memory.exec('COMMIT');
    await publishing;
    await expectWhole(scene);
  });
});

describe('what a publisher writes for everybody', () => {
  it('tiles: nothing is signed while they cannot be written, and those of a part are written anew', async () => {
    const scene = await published();
    const { world, publisher } = scene;
    const before = await publisher.newest();
    // The tile of leaves is written first; that of their hashes cannot be: a folder is where it belongs.
    const tile = join(world.folder, 'public', 'tile', '0', '000.p', String((before?.size ?? 0) + 1));
    await mkdir(join(tile, 'in-the-way'), { recursive: true });
    expect(await ended(publisher.publish())).toBe('store_unavailable');
    expect(await publisher.newest()).toEqual(before);
    await rm(tile, { recursive: true });
    await world.expectSound(before);
    await expectWhole(scene);
  });

  it('the checkpoint: it is remembered, and shown when it can be', async () => {
    const scene = await published();
    const { world } = scene;
    const shown = join(world.folder, 'public', 'checkpoint');
    // Between signing and showing, so that nothing notices before: a folder is where the file was, and nothing replaces that.
    const now = () => {
      renameSync(shown, `${shown}-away`);
      mkdirSync(join(shown, 'in-the-way'), { recursive: true });
      return Date.now();
    };
    const publisher = world.publisher({ sinks: [scene.sink], now });
    expect(await ended(publisher.publish())).toBe('store_unavailable');
    const signed = await publisher.newest();
    await rm(shown, { recursive: true });
    await rename(`${shown}-away`, shown);
    await world.expectSound(signed);
    expect(await scene.publisher.publish()).toEqual({ checkpoint: signed, made: false });
    expect(await readFile(shown, 'utf8')).toBe(signed?.note);
    const left = await readdir(join(world.folder, 'public'));
    expect(left.filter((name) => name.startsWith('.'))).toEqual([]);
    await expectWhole(scene);
  });
});
