import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { anchorTenant, Log, prune, setRetention } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { newSqlitePlace } from '../support/places.ts';
import { aged, BY, DAY, verifyEverything, World } from './world.ts';

describe('archives in one folder', () => {
  it('of tenants and stores whose names are alike are told apart, also where cases are not', async () => {
    const tenants = ['a:b', 'a~b', 'a_b', 'A_b', 'A'.repeat(128), `${'A'.repeat(127)}B`];
    const worlds = [await World.open(newSqlitePlace), await World.open(newSqlitePlace)];
    const archive = join((worlds[0] as World).place.folder, 'archive');
    const files: string[] = [];
    for (const { store, place } of worlds) {
      for (const tenant of tenants) {
        const log = new Log(store);
        await log.append(tenant, { type: 'note.added', actor: BY });
        await setRetention(log, tenant, { preset: 'custom', days: 1 }, { by: BY });
        await log.close();
        await anchorTenant(store, tenant);
        const { file } = await prune(store, tenant, { by: BY, archive, now: () => Date.now() + 2 * DAY });
        files.push(String(file));
      }
      expect((await verifyEverything(place.location)).report.status).toBe('valid');
    }
    expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(12);
    expect((await readdir(archive)).length).toBe(12);
    for (const file of files) {
      const { report } = await verifyEverything(file);
      expect([report.status, report.tenants]).toEqual(['valid', 1]);
      expect(file).toMatch(/\/[a-z0-9._%-]+-0-2-[0-9a-f]{16}\.archive\.jsonl\.gz$/);
    }
  });

  it.skipIf(process.platform === 'win32')('are their owner’s', async () => {
    const { world, later, archive } = await aged(newSqlitePlace);
    const { file } = await prune(world.store, 'acme', { by: BY, archive, now: later });
    expect((await stat(String(file))).mode & 0o777).toBe(0o600);
    expect((await world.verify()).status).toBe('valid');
  });
});
