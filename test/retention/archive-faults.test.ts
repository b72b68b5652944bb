import fs from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import { prune } from '@sealtrail/store';
import { describe, expect, it, vi } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';
import { slowOpen } from '../support/slow-open.ts';
import { aged, BY, dyingAt, withLogs } from './world.ts';

describe('an archive that cannot be written', () => {
  it.each(['ENOSPC', 'EACCES', 'EIO'])(
    'because of %s leaves no part of it, and removes nothing',
    async (code) => {
      const { world, later, archive } = await aged(newSqlitePlace, 200);
      const before = await world.verify();
      const full = vi.spyOn(fs, 'write').mockImplementation(((...args: unknown[]) => {
        const error = Object.assign(new Error(`${code}: refused, write`), {
          code,
          errno: -28,
          syscall: 'write',
        });
        process.nextTick(args.at(-1) as (error: Error) => void, error);
      }) as typeof fs.write);
      const refused = prune(world.store, 'acme', { by: BY, archive, now: later });
      await expect(refused.finally(() => full.mockRestore())).rejects.toMatchObject({
        code: 'config_invalid',
        message: expect.stringContaining(`cannot write ${archive}: `),
        detail: { system: code },
      });
      expect(await readdir(archive)).toEqual([]);
      expect(await world.verify()).toEqual(before);
      const done = await prune(world.store, 'acme', { by: BY, archive, now: later });
      expect(await world.verify(String(done.file))).toMatchObject({ status: 'valid' });
      expect(await world.verify()).toMatchObject({ status: 'valid', pruned: { to: done.range?.to } });
    },
  );

  it('because the store goes away before the file is opened leaves nothing, not even afterwards', async () => {
    const { world, later, archive } = await aged(newSqlitePlace);
    const opened = slowOpen();
    const away = withLogs(world.store, () => {
      throw new SealtrailError('store_unavailable', 'gone');
    });
    expect(await codeOf(prune(away, 'acme', { by: BY, archive, now: later }))).toBe('store_unavailable');
    await opened;
    expect(await readdir(archive)).toEqual([]);
    expect(await world.verify()).toMatchObject({ status: 'valid', pruned: null });
  });

  it('because its folder is a file, or would lie in one, is refused before anything is read', async () => {
    const { world, later, archive } = await aged(newSqlitePlace);
    await writeFile(archive, 'somebody else’s');
    for (const folder of [archive, join(archive, 'in', 'it')]) {
      await expect(prune(world.store, 'acme', { by: BY, archive: folder, now: later })).rejects.toMatchObject(
        {
          code: 'config_invalid',
          message: expect.stringContaining(`cannot write ${folder}: ${folder} `),
        },
      );
    }
    expect(await world.verify()).toMatchObject({ status: 'valid', pruned: null });
  });

  it('because a folder has its name is refused as for any other content', async () => {
    const { world, later, archive } = await aged(newSqlitePlace);
    const dying = dyingAt(world.store, 'commit', () => true);
    expect(await codeOf(prune(dying, 'acme', { by: BY, archive, now: later }))).toBe('store_unavailable');
    const [name] = await readdir(archive);
    await rm(join(archive, String(name)));
    await mkdir(join(archive, String(name)));
    await expect(prune(world.store, 'acme', { by: BY, archive, now: later })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('is there already with other content'),
    });
    expect(await readdir(archive)).toEqual([name]);
    expect(await world.verify()).toMatchObject({ status: 'valid', pruned: null });
  });
});
