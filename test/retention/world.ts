import { join } from 'node:path';
import { type Actor, SealtrailError } from '@sealtrail/format';
import { anchorTenant, type EraseRequest, Log, type Store, setRetention } from '@sealtrail/store';
import {
  type LogReader,
  type LogSource,
  openSource,
  type SourceReport,
  type TenantReport,
  verifyAll,
} from '@sealtrail/verifier';
import { inject } from 'vitest';
import { draft } from '../support/drafts.ts';
import { type NewPlace, newMongodbPlace, newSqlitePlace, type Place } from '../support/places.ts';

export const BY: Actor = { type: 'user', id: 'u-dpo', auth_method: 'sso' };
/** What is asked to be erased: what is about a contact, and what is by or about a person. */
export const CONTACT: EraseRequest = {
  about: 'record',
  target: { type: 'contact', id: 'c-1' },
  basis: 'gdpr_art_17',
  by: BY,
};
export const PERSON: EraseRequest = {
  about: 'subject',
  target: { type: 'user', id: 'u-2' },
  basis: 'objection',
  by: BY,
};
const mongodb = inject('mongodbUrl');
/** Every store there is. */
export const PLACES: readonly (readonly [kind: string, newPlace: NewPlace])[] = [
  ['sqlite', newSqlitePlace],
  ...(mongodb === undefined ? [] : [['mongodb', newMongodbPlace(mongodb)] as const]),
];

/** One tenant's log whose entries are about contacts `c-0` to `c-N`, in turn, by people `u-0` to `u-N`. */
export class World {
  readonly place: Place;
  readonly store: Store;
  #appended = 0;

  private constructor(place: Place, store: Store) {
    this.place = place;
    this.store = store;
  }

  static async open(newPlace: NewPlace): Promise<World> {
    const place = await newPlace();
    return new World(place, await place.open());
  }

  /** Appends entries and anchors them in segments of four. */
  async append(entries: number, { anchor = true } = {}): Promise<void> {
    const log = new Log(this.store);
    const drafts = Array.from({ length: entries }, () => {
      const i = this.#appended++;
      return draft(`d-${i}`, {
        actor: { type: 'user', id: `u-${i % 3}`, auth_method: 'sso' },
        targets: [{ type: 'contact', id: `c-${i % 5}` }],
        sealed: { rationale: `secret reason ${i}`, name: `Secret Name ${i % 5}` },
      });
    });
    await log.appendAll('acme', drafts);
    await log.close();
    if (anchor) await anchorTenant(this.store, 'acme', { maxSegment: 4 });
  }

  async withLog<T>(work: (log: Log) => Promise<T>): Promise<T> {
    const log = new Log(this.store);
    try {
      return await work(log);
    } finally {
      await log.close();
    }
  }

  /** The verdict through a reader that opens the store anew. */
  async verify(location = this.place.location): Promise<TenantReport> {
    return (await verifyEverything(location)).acme;
  }
}

export async function verifyEverything(
  location: string,
): Promise<{ readonly report: SourceReport; readonly acme: TenantReport }> {
  const source = await openSource(location, { known: true });
  const reports = new Map<string, TenantReport>();
  try {
    const report = await verifyAll(source, { onTenant: (one) => void reports.set(one.tenant, one) });
    return { report, acme: reports.get('acme') as TenantReport };
  } finally {
    await source.close();
  }
}

export const DAY = 86_400_000;

/** A log with a rule of thirty days, seen from a day when everything so far is older. */
export async function aged(
  newPlace: NewPlace,
  entries = 18,
): Promise<{ world: World; later: () => number; archive: string }> {
  const world = await World.open(newPlace);
  await world.append(entries);
  await world.withLog((log) => setRetention(log, 'acme', { preset: 'custom', days: 30 }, { by: BY }));
  return { world, later: () => Date.now() + 40 * DAY, archive: join(world.place.folder, 'archive') };
}

export function dyingAt(store: Store, method: keyof Store, dies: () => boolean): Store {
  return preceded(store, method, async () => {
    if (dies()) throw new SealtrailError('store_unavailable', 'gone');
  });
}

/** A store of which one method is preceded by something else, which is told what it is called with. */
export function preceded(
  store: Store,
  method: keyof Store,
  before: (...args: unknown[]) => Promise<void>,
): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name !== method) return value.bind(target);
      return async (...args: unknown[]) => {
        await before(...args);
        return value.apply(target, args);
      };
    },
  });
}

/** A store whose logs are read as something makes of them. */
export function withLogs(store: Store, change: (log: LogReader) => LogReader): Store {
  const source = () => {
    const opened = store.source();
    return Object.assign(Object.create(opened) as LogSource, {
      log: async (tenant: string) => change(await opened.log(tenant)),
      close: () => opened.close(),
    });
  };
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name === 'source') return source;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
