import { join } from 'node:path';
import { isSealtrailError, SEALS_TENANT } from '@sealtrail/format';
import {
  anchorTenant,
  Directory,
  erase,
  Log,
  prune,
  type Store,
  sealTenants,
  setRetention,
} from '@sealtrail/store';
import { openSource, type TenantReport, verifyAll } from '@sealtrail/verifier';
import { expect } from 'vitest';
import { draft } from '../support/drafts.ts';
import type { Place } from '../support/places.ts';

const BY = { type: 'user', id: 'u-dpo', auth_method: 'sso' } as const;
const LATER_MS = 40 * 86_400_000;

/** What a store does beside appending and anchoring: work that can be done again until it is finished. */
export interface Work {
  /** Gives it something to do, through a store that does not fail. */
  prepare(world: FaultWorld, round: number): Promise<void>;
  /** Does it, as often as it is asked. */
  run(world: FaultWorld, store: Store, round: number): Promise<unknown>;
  /** It is done, once and completely. */
  expectDone(world: FaultWorld, round: number): Promise<void>;
}

/** A store that is sound, and the work that is done on it. */
export class FaultWorld {
  readonly place: Place;
  readonly store: Store;

  private constructor(place: Place, store: Store) {
    this.place = place;
    this.store = store;
  }

  static async open(place: Place): Promise<FaultWorld> {
    return new FaultWorld(place, await place.open());
  }

  /** Appends entries about two records, anchors them in segments of four. */
  async append(tenant: string, entries: number): Promise<void> {
    const log = new Log(this.store);
    const made = Array.from({ length: entries }, (_, i) =>
      draft(`${tenant}-${i}`, { targets: [{ type: 'contact', id: `c-${i % 2}` }] }),
    );
    await log.appendAll(tenant, made);
    await log.close();
    await anchorTenant(this.store, tenant, { maxSegment: 4 });
  }

  /** Whatever happened: every log is valid, through a reader of its own. */
  async valid(): Promise<ReadonlyMap<string, TenantReport>> {
    const source = await openSource(this.place.location, { known: true });
    const reports = new Map<string, TenantReport>();
    try {
      const report = await verifyAll(source, { onTenant: (one) => void reports.set(one.tenant, one) });
      const wrong = [...reports.values()].filter(({ status }) => status !== 'valid');
      expect([report.status, wrong.map(({ summary }) => summary)]).toEqual(['valid', []]);
      return reports;
    } finally {
      await source.close();
    }
  }
}

export const WORK: Readonly<Record<'sealing' | 'erasing' | 'pruning', Work>> = {
  sealing: {
    prepare: (world, round) => world.append(`t-${round}`, 5),
    run: (_, store) => sealTenants(store),
    expectDone: async ({ store }, round) => {
      const sealed = (await Directory.at(store)).sorted().map(({ tenant }) => tenant);
      expect(sealed).toContain(`t-${round}`);
      // One for each round: what failed left none behind, and none was made twice.
      expect((await store.head(SEALS_TENANT))?.seq).toBe(round + 1);
    },
  },
  erasing: {
    prepare: (world, round) => world.append(`t-${round}`, 6),
    run: (_, store, round) =>
      erase(store, `t-${round}`, {
        about: 'record',
        target: { type: 'contact', id: 'c-1' },
        basis: 'gdpr_art_17',
        by: BY,
      }),
    expectDone: async (world, round) => {
      const report = (await world.valid()).get(`t-${round}`);
      expect(report?.openings).toMatchObject({ erased: 6, unfinished: 0 });
    },
  },
  pruning: {
    prepare: async (world, round) => {
      await world.append(`t-${round}`, 11);
      const log = new Log(world.store);
      await setRetention(log, `t-${round}`, { preset: 'custom', days: 30 }, { by: BY });
      await log.close();
    },
    run: ({ place }, store, round) =>
      prune(store, `t-${round}`, {
        by: BY,
        archive: join(place.folder, 'archive'),
        now: () => Date.now() + LATER_MS,
      }),
    expectDone: async (world, round) => {
      const report = (await world.valid()).get(`t-${round}`);
      expect(report).toMatchObject({ pruned: { to: 11 }, range: { from: 12 } });
    },
  },
};

/** How work ended for whoever asked for it: `done`, or a code. Anything else is a fault of ours. */
export async function ended(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (isSealtrailError(error)) return String(error.code);
    throw error;
  }
}
