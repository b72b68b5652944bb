import { anchorTenant, Log, sealTenants } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import Database from 'libsql';
import { expect, it, vi } from 'vitest';
import { draft } from '../support/drafts.ts';
import { newSqlitePlace } from '../support/places.ts';

it('of many logs in a SQLite file, each is asked about with the statements of the first: preparing them took most of the time', async () => {
  expect(await preparedFor(12)).toBe(await preparedFor(3));
});

async function preparedFor(tenants: number): Promise<number> {
  const place = await newSqlitePlace();
  const store = await place.open();
  const log = new Log(store);
  for (let i = 0; i < tenants; i++) {
    await log.append(`t-${i}`, draft('e-0'));
    await anchorTenant(store, `t-${i}`);
  }
  await sealTenants(store);
  await log.close();
  const prepare = vi.spyOn(Database.prototype, 'prepare');
  const source = await openSource(place.location);
  try {
    expect(await verifyAll(source)).toMatchObject({ status: 'valid', tenants: tenants + 1 });
    return prepare.mock.calls.length;
  } finally {
    await source.close();
    prepare.mockRestore();
  }
}
