import { Gather } from '../gather.ts';
import { registration, unregistered } from '../genesis.ts';
import { backoff, jitter } from '../retry.ts';
import type { MongodbConnection } from './connection.ts';
import { type Collections, entryDocument } from './documents.ts';
import { isDuplicateKey } from './errors.ts';
import { nextTurn } from './turn.ts';

/** How often whoever was overtaken looks for what the other one registered. */
const LOOKS = 8;

interface Asked {
  readonly tenant: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Registers tenants. Those that are asked for at the same moment, and registered already, cost one question together. */
export class Registrations {
  readonly #connection: MongodbConnection;
  readonly #collections: Collections;
  readonly #gather = new Gather<Asked>(
    { most: 500, atOnce: 4 },
    (group) => this.#registerAll(group),
    nextTurn,
  );

  constructor(connection: MongodbConnection, collections: Collections) {
    this.#connection = connection;
    this.#collections = collections;
  }

  register(tenant: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#gather.add({ tenant, resolve, reject });
    });
  }

  async #registerAll(group: readonly Asked[]): Promise<void> {
    const { tenants, answered } = this.#collections;
    const ids = group.map(({ tenant }) => tenant);
    try {
      const found = tenants.find({ _id: { $in: ids } }, { projection: { _id: 1 } });
      const known = new Set((await answered(found.toArray())).map(({ _id }) => _id));
      for (const { tenant, resolve, reject } of group) {
        if (known.has(tenant)) resolve();
        else this.#add(tenant).then(resolve, reject);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  async #add(tenant: string): Promise<void> {
    const { tenants, heads, entries, answered } = this.#collections;
    const { localTime } = await answered(this.#connection.db.command({ hello: 1 }));
    const { registry, genesis } = registration(tenant, new Date(localTime).toISOString());
    const { time, genesis: hash } = registry;
    const lock = { holder: null, until: null, fence: 0, wanted: null };
    try {
      // All or nothing: a crash must not leave a tenant that looks as if its log had been deleted.
      await this.#connection.transaction(async (session) => {
        await tenants.insertOne({ _id: tenant, time, genesis: hash }, { session });
        await entries.insertOne(entryDocument(genesis), { session });
        await heads.insertOne(
          {
            _id: tenant,
            seq: 0,
            hash,
            time,
            anchor_number: null,
            anchor_hash: null,
            ...lock,
            anchored_to: -1,
          },
          { session },
        );
      });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await this.#expectRegistered(tenant);
    }
  }

  /** Another process registered it in the same moment, or something is left of a log that was taken out of the registry. */
  async #expectRegistered(tenant: string): Promise<void> {
    let looks = 0;
    for (const delay of backoff(10, 200)) {
      if ((await this.#collections.tenants.findOne({ _id: tenant }, { projection: { _id: 1 } })) !== null)
        return;
      // A transaction need not be seen on all shards in the same moment.
      if (++looks >= LOOKS) throw unregistered(tenant);
      await jitter(delay);
    }
  }
}
