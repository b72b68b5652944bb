import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createKeyFile, LogFolder, openKeyFile, Publisher, type Sink } from '@sealtrail/publisher';
import { anchorTenant, Log, type Store, sealTenants } from '@sealtrail/store';
import { type Policy, policyOfKey, type Signer } from '@sealtrail/tlog';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { expect, onTestFinished } from 'vitest';
import { draft } from '../support/drafts.ts';
import type { NewPlace, Place } from '../support/places.ts';
import { type Raw, raw } from '../support/raw.ts';

export const ORIGIN = 'audit.example/log';

/** A store with an operator who publishes its seals. */
export class World {
  readonly place: Place;
  readonly store: Store;
  readonly signer: Signer;
  readonly policy: Policy;
  readonly folder: string;
  #appended = 0;

  constructor(place: Place, store: Store, signer: Signer) {
    this.place = place;
    this.store = store;
    this.signer = signer;
    this.policy = policyOfKey(signer.key);
    this.folder = join(place.folder, 'log');
  }

  static async open(newPlace: NewPlace): Promise<World> {
    const place = await newPlace();
    const signer = await newSigner(place.folder);
    return new World(place, await place.open(), signer);
  }

  publisher(
    options: {
      sinks?: readonly Sink[];
      signers?: readonly Signer[];
      folder?: string;
      store?: Store;
      now?: () => number;
    } = {},
  ): Publisher {
    const { signers = [this.signer], folder = this.folder, store = this.store, ...rest } = options;
    const publisher = new Publisher({ store, folder, signers, ...rest });
    onTestFinished(() => publisher.close());
    return publisher;
  }

  log(folder = this.folder): LogFolder {
    const log = new LogFolder(folder);
    onTestFinished(() => log.close());
    return log;
  }

  hand(): Promise<Raw> {
    return raw(this.place);
  }

  /** Appends to a tenant, anchors it and seals everything. */
  async seal(entries = 3, tenant = 'acme', store = this.store): Promise<void> {
    const log = new Log(store);
    for (let i = 0; i < entries; i++) await log.append(tenant, draft(`d-${this.#appended++}`));
    await log.close();
    await anchorTenant(store, tenant, { maxSegment: 4 });
    await sealTenants(store);
  }

  /** Everything in the store is valid, and its seals are the ones under the checkpoint. */
  async expectSound(checkpoint?: { size: number; root: string }): Promise<void> {
    const source = await openSource(this.place.location, { known: true });
    const report = await verifyAll(source, { checkpoint });
    await source.close();
    expect([report.status, report.summary]).toEqual(['valid', expect.any(String)]);
  }
}

export async function newSigner(
  folder: string,
  name = ORIGIN,
  role: 'log' | 'witness' = 'log',
): Promise<Signer> {
  const file = join(folder, `${randomBytes(6).toString('hex')}.key`);
  await createKeyFile(file, name, role);
  return openKeyFile(file);
}
