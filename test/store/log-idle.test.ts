import { Log, type Store } from '@sealtrail/store';
import { describe, expect, it, vi } from 'vitest';
import { draft } from '../support/drafts.ts';
import { newSqlitePlace } from '../support/places.ts';
import { expectIntact } from '../support/verified.ts';

/** A store that notes which head locks were given back, and what was asked of the registry. */
function watched(store: Store): { store: Store; released: string[]; registered: string[] } {
  const released: string[] = [];
  const registered: string[] = [];
  const watching = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (name === 'release') released.push(String(args[0]));
        if (name === 'register') registered.push(String(args[0]));
        return Reflect.apply(member, target, args);
      };
    },
  });
  return { store: watching, released, registered };
}

describe('a log of many tenants', () => {
  it('remembers nothing of those that nobody appends to, but that they are registered', async () => {
    const place = await newSqlitePlace();
    const { store, released, registered } = watched(await place.open());
    const log = new Log(store, { lingerMs: 1 });
    const tenants = Array.from({ length: 300 }, (_, i) => `tenant-${i}`);
    await Promise.all(tenants.map((tenant) => log.append(tenant, draft('first'))));
    await vi.waitFor(() => expect(released).toHaveLength(tenants.length), { timeout: 120_000 });
    await Promise.all(tenants.map((tenant) => log.append(tenant, draft('second'))));
    await vi.waitFor(() => expect(released).toHaveLength(2 * tenants.length), { timeout: 120_000 });
    expect(registered).toHaveLength(tenants.length);
    await log.close();
    // Whom it still knew would be given back once more.
    expect(released).toHaveLength(2 * tenants.length);
    await expectIntact(place.location, Object.fromEntries(tenants.map((tenant) => [tenant, 2])));
  });

  it('gives the locks back that it still keeps when it is closed', async () => {
    const place = await newSqlitePlace();
    const { store, released } = watched(await place.open());
    const log = new Log(store, { lingerMs: 60_000 });
    await log.append('acme', draft('first'));
    expect(released).toEqual([]);
    await log.close();
    expect(released).toEqual(['acme']);
    await expectIntact(place.location, { acme: 1 });
  });
});
