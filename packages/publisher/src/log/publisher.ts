import {
  type Hash,
  isSealtrailError,
  SEALS_TENANT,
  SealtrailError,
  verifyConsistency,
} from '@sealtrail/format';
import { Log, type Store } from '@sealtrail/store';
import {
  type Checkpoint,
  encodeVkey,
  readCheckpointText,
  readNote,
  type Signer,
  signCheckpoint,
} from '@sealtrail/tlog';
import { keyChanges, keyDraft, readKeyChange } from '../keys/key-entries.ts';
import type { Sink } from '../sinks/sink.ts';
import { type Delivered, Deliveries } from './deliveries.ts';
import { readIfThere } from './files.ts';
import { LogFolder } from './log-folder.ts';
import type { Memory, StoredCheckpoint } from './memory.ts';
import type { SinkState } from './sink-state.ts';
import { writeTiles } from './write-tiles.ts';

/** What is published, where, and who signs. */
export interface PublisherOptions {
  readonly store: Store;
  /** The log's folder: what is published is in `public`, what must not be lost in `publisher.db`. */
  readonly folder: string;
  /** One, or during a change of keys the old and the new; all with the log's origin as their name. */
  readonly signers: readonly Signer[];
  readonly sinks?: readonly Sink[] | undefined;
  /** The clock, Unix milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** What publishing came to. */
export interface Published {
  /** The newest checkpoint now; undefined when nothing was ever sealed. */
  readonly checkpoint: StoredCheckpoint | undefined;
  /** True when this call signed it. */
  readonly made: boolean;
}

/** The published side of the operator's log: signs, publishes, and brings every checkpoint to its sinks. */
export class Publisher {
  readonly origin: string;
  readonly #store: Store;
  readonly #folder: LogFolder;
  readonly #signers: readonly Signer[];
  readonly #sinks: readonly Sink[];
  readonly #now: () => number;
  readonly #memory: Memory;
  readonly #deliveries: Deliveries;

  /** @throws SealtrailError `config_invalid` */
  constructor({ store, folder, signers, sinks = [], now = Date.now }: PublisherOptions) {
    const origins = new Set(signers.map(({ key }) => key.name));
    const [origin] = origins;
    if (origin === undefined || origins.size > 1 || signers.some(({ key }) => key.role !== 'log')) {
      throw new SealtrailError(
        'config_invalid',
        'the keys of a log are log keys, and have the log’s origin as name',
      );
    }
    if (new Set(signers.map(({ key }) => encodeVkey(key))).size < signers.length) {
      throw new SealtrailError('config_invalid', 'two of the keys are the same');
    }
    if (new Set(sinks.map(({ name }) => name)).size < sinks.length) {
      throw new SealtrailError('config_invalid', 'two sinks have the same name');
    }
    this.origin = origin;
    this.#store = store;
    this.#signers = signers;
    this.#sinks = sinks;
    this.#now = now;
    this.#folder = new LogFolder(folder, { create: true });
    this.#memory = this.#folder.memory;
    this.#deliveries = new Deliveries(this.#folder, sinks, () => this.#time());
  }

  /**
   * Signs and publishes the newest seal, if it is not yet under a checkpoint. What is signed extends what was signed before, or
   * nothing is signed. May be killed at any point: what was signed is remembered before anybody sees it.
   *
   * @throws SealtrailError `checkpoint_refused` when the log does not extend what was signed, `log_broken`, `key_invalid` for a
   *   key that the log does not name; what the store throws
   */
  async publish(): Promise<Published> {
    const signed = await this.#memory.exclusively(async () => {
      this.#memory.setSinks(this.#sinks);
      await this.#checkBeginning(this.#memory.newest());
      return this.#memory.newest();
    });
    if (signed === undefined) await this.#nameKeys();
    const published = await this.#memory.exclusively(async () => {
      const before = this.#memory.newest();
      await this.#checkBeginning(before);
      const size = await sizeOf(this.#store);
      await this.#checkEnd(before, size);
      return size > (before?.size ?? 0)
        ? { checkpoint: await this.#sign(before, size), made: true }
        : { checkpoint: before, made: false };
    });
    // Only what is remembered is shown. Also when nothing is new: a crash may have come between the two.
    await this.#folder.show();
    return published;
  }

  /** The first keys of a log are named by its first publisher. Later ones only by who asks for it. */
  async #nameKeys(): Promise<void> {
    if (await namesKeys(this.#store)) return;
    const log = new Log(this.#store);
    try {
      const drafts = this.#signers.map(({ key }) => keyDraft('added', key));
      await log.appendAll(SEALS_TENANT, drafts);
    } finally {
      await log.close();
    }
  }

  /** Without its memory a publisher could sign a second history. */
  async #checkBeginning(before: StoredCheckpoint | undefined): Promise<void> {
    const published = await this.#shown(before !== undefined);
    const { origin, size } = published ?? { size: 0 };
    if (before === undefined ? published !== undefined : size > before.size) {
      throw new SealtrailError(
        'checkpoint_refused',
        `checkpoints up to size ${size} were published, but what was signed is not remembered: restore publisher.db`,
      );
    }
    if ((before?.origin ?? origin ?? this.origin) !== this.origin) {
      throw new SealtrailError(
        'checkpoint_refused',
        `this is the log of ${before?.origin ?? origin}, not of ${this.origin}`,
      );
    }
  }

  /** What everybody finds. @throws SealtrailError `note_malformed`, `checkpoint_malformed` for what this publisher did not put there */
  async #shown(isRemembered: boolean): Promise<Checkpoint | undefined> {
    const path = this.#folder.public('checkpoint');
    const text = await readIfThere(path);
    if (text === undefined) return undefined;
    try {
      return readCheckpointText(readNote(text).text);
    } catch (error) {
      if (!isSealtrailError(error)) throw error;
      // Without a memory that would be the way to a second history.
      const help = isRemembered ? '. Take it away, and the newest that was signed is put there again' : '';
      throw new SealtrailError(error.code, `${path} is no checkpoint: ${error.message}${help}`);
    }
  }

  /** The store still has, in its place, the last entry that was signed. Those before it are linked to it. */
  async #checkEnd(before: StoredCheckpoint | undefined, size: number): Promise<void> {
    if (before === undefined) return;
    if (size < before.size) {
      throw new SealtrailError(
        'checkpoint_refused',
        `the operator’s log has ${size} entries, but ${before.size} were signed: it was set back`,
      );
    }
    const last = before.size - 1;
    const [row] = await this.#store.readFrom(SEALS_TENANT, last, 1);
    const [leaf] = row?.seq === last ? [row.hash] : [];
    if (leaf === undefined || leaf !== (await this.#leafHash(before.size, last))) {
      throw new SealtrailError(
        'checkpoint_refused',
        `entry ${last} of the operator’s log is not the one that was signed`,
      );
    }
  }

  async #leafHash(size: number, index: number): Promise<Hash> {
    return this.#folder.tree(size).leaf(index);
  }

  async #sign(before: StoredCheckpoint | undefined, size: number): Promise<StoredCheckpoint> {
    await writeTiles(this.#store, this.#folder.public(), before?.size ?? 0, size, (text) => {
      const change = readKeyChange(text);
      if (change !== undefined) this.#memory.setKey(change.vkey, change.kind === 'retired');
    });
    const tree = this.#folder.tree(size);
    const root = await tree.root();
    if (before !== undefined) {
      const proof = await tree.consistency(before.size);
      if (!verifyConsistency(before.size, size, before.root, root, proof)) {
        throw new SealtrailError('checkpoint_refused', 'the operator’s log does not extend what was signed');
      }
    }
    this.#checkKeys();
    const note = await signCheckpoint({ origin: this.origin, size, root }, this.#signers);
    const checkpoint = { size, root, origin: this.origin, note, time: new Date(this.#now()).toISOString() };
    this.#memory.add(checkpoint);
    return checkpoint;
  }

  #checkKeys(): void {
    const keys = this.#memory.keys();
    for (const { key } of this.#signers) {
      const retired = keys.get(encodeVkey(key));
      if (retired === false) continue;
      const why = retired === undefined ? 'is not named in the log: add it first' : 'was retired';
      throw new SealtrailError('key_invalid', `the key ${key.id} of ${key.name} ${why}`);
    }
  }

  /**
   * Brings a sink what it has not got. Fails at the first checkpoint that it does not take; what it took before counts.
   *
   * @throws as {@link Deliveries.to}
   */
  deliver(name: string, signal?: AbortSignal): Promise<Delivered> {
    return this.#deliveries.to(name, signal);
  }

  /** The newest checkpoint, with the cosignatures so far. */
  newest(): Promise<StoredCheckpoint | undefined> {
    return this.#folder.newest();
  }

  /** What each sink has got, and what it has not. */
  sinks(): Promise<SinkState[]> {
    return this.#folder.sinks();
  }

  close(): void {
    this.#folder.close();
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}

/** Whether the operator's log names a key already, whoever's it is. */
async function namesKeys(store: Store): Promise<boolean> {
  for await (const _ of keyChanges(store, 0)) return true;
  return false;
}

/** Entries of the operator's log. A head may lag behind the last entry: taking its lock brings it up to date. */
async function sizeOf(store: Store): Promise<number> {
  if ((await store.head(SEALS_TENANT)) === undefined) return 0;
  let size = 0;
  await store.commit(SEALS_TENANT, ({ seq }) => {
    size = seq + 1;
    return [];
  });
  await store.release(SEALS_TENANT);
  return size;
}
