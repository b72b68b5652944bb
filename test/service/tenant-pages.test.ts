import { Log, type Store } from '@sealtrail/store';
import { expect, inject, it } from 'vitest';
import type { Signed } from '../../packages/service/src/access/identity.ts';
import { tenantsPage } from '../../packages/service/src/tenants.ts';
import { draft } from '../support/drafts.ts';
import { newMongodbPlace, newSqlitePlace } from '../support/places.ts';
import { raw } from '../support/raw.ts';
import { expectIntact } from '../support/verified.ts';
import { changed } from '../worker/helpers/changed.ts';

const mongodb = inject('mongodbUrl');
const places = [
  ['sqlite', newSqlitePlace] as const,
  ...(mongodb === undefined ? [] : [['mongodb', newMongodbPlace(mongodb)] as const]),
];
const admin: Signed = {
  id: 'a',
  name: 'A',
  role: 'admin',
  scope: { tenants: 'all' },
  method: 'test',
  expires: null,
  by: 'host',
};
const LIMIT = 5;

/** A store that counts the logs that it goes through. */
function counting(store: Store): { store: Store; gone: () => number } {
  let gone = 0;
  const source: Store['source'] = () => {
    const real = store.source();
    return new Proxy(real, {
      get: (target, name) => {
        if (name === 'logs') {
          return async function* (after?: string) {
            for await (const log of target.logs(after)) {
              gone++;
              yield log;
            }
          };
        }
        const value = target[name as keyof typeof target];
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };
  return { store: changed(store, { source }), gone: () => gone };
}

it.each(places)('pages of tenants in %s are all of them, each once', async (_, newPlace) => {
  const place = await newPlace();
  const opened = await place.open();
  const log = new Log(opened);
  const names = Array.from({ length: 31 }, (_, i) => `t-${String(i).padStart(2, '0')}`);
  for (const name of names) await log.append(name, draft('d-1'));
  await log.close();
  const tables = await raw(place);
  const strangers = names.slice(3, 10);
  const registry = (await Promise.all(strangers.map((name) => tables.rows('tenants', name)))).flat();
  for (const tenant of strangers) await tables.remove('tenants', { tenant });

  const { store, gone } = counting(opened);
  const found: string[] = [];
  let pages = 0;
  for (let cursor: string | undefined; ; pages++) {
    const { lines, next } = await tenantsPage(store, admin, { limit: LIMIT, cursor });
    found.push(...lines.map(({ tenant }) => tenant));
    if (next === null) break;
    cursor = next;
  }
  expect(found).toEqual([...names.filter((name) => !strangers.includes(name)), ...strangers]);
  // Each page goes on where the one before ended, and looks for one more; of those that nobody registered, behind all others, each page
  // goes through those before it.
  expect(gone()).toBeLessThanOrEqual(found.length + pages + strangers.length);
  for (const row of registry) await tables.insert('tenants', row);
  await expectIntact(place.location, Object.fromEntries(names.map((name) => [name, 1])));
});
