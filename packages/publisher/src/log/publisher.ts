import { join } from 'node:path';
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
  encodeNote,
  encodeVkey,
  type NoteSignature,
  readCheckpointText,
  readNote,
  type Signer,
  signCheckpoint,
  TileTree,
} from '@sealtrail/tlog';
import { keyDraft, readKeyChange } from '../keys/key-entries.ts';
import type { Sink } from '../sinks/sink.ts';
import { putFile, readIfThere, tilesIn } from './files.ts';
import { Memory, type StoredCheckpoint } from './memory.ts';
import { type SinkState, sinkState } from './sink-state.ts';
import { writeTiles } from './write-tiles.ts';

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

export interface Published {
  /** The newest checkpoint now; undefined when nothing was ever sealed. */
  readonly checkpoint: StoredCheckpoint | undefined;
  /** True when this call signed it. */
  readonly made: boolean;
}

export interface Delivered {
  readonly sink: string;
  /** Checkpoints that it took now. */
  readonly taken: number;
}

/** A checkpoint with the proof that one leaf is under it. */
export interface ProvedLeaf {
  readonly index: number;
  readonly proof: readonly Hash[];
  /** Signed note with cosignatures. */
  readonly checkpoint: string;
  readonly timestamps: readonly { readonly sink: string; readonly token: Uint8Array }[];
}

const PUBLIC = 'public';

/** The published side of the operator's log: signs, publishes, and brings every checkpoint to its sinks. */
export class Publisher {
  readonly origin: string;
  readonly #store: Store;
  readonly #folder: string;
  readonly #signers: readonly Signer[];
  readonly #sinks: readonly Sink[];
  readonly #now: () => number;
  readonly #memory: Memory;

  /** @throws SealtrailError `config_invalid`, `store_layout` */
  constructor({ store, folder, signers, sinks = [], now = Date.now }: PublisherOptions) {
    const origins = new Set(signers.map(({ key }) => key.name));
    const [origin] = origins;
    if (origin === undefined || origins.size > 1 || signers.some(({ key }) => key.role !== 'log')) {
      throw new SealtrailError(
        'config_invalid',
        'the keys of a log are log keys, and have the log’s origin as name',
      );
    }
    if (new Set(sinks.map(({ name }) => name)).size < sinks.length) {
      throw new SealtrailError('config_invalid', 'two sinks have the same name');
    }
    this.origin = origin;
    this.#store = store;
    this.#folder = folder;
    this.#signers = signers;
    this.#sinks = sinks;
    this.#now = now;
    this.#memory = new Memory(join(folder, 'publisher.db'));
  }

  /**
   * Signs and publishes the newest seal, if it is not yet under a checkpoint. What is signed extends what was signed before, or
   * nothing is signed. May be killed at any point: what was signed is remembered before anybody sees it.
   *
   * @throws SealtrailError `checkpoint_refused` when the log does not extend what was signed, `log_broken`, `key_invalid` for a
   *   key that the log does not name; what the store throws
   */
  async publish(): Promise<Published> {
    await this.#nameKeys();
    const published = await this.#memory.exclusively(async () => {
      const before = this.#memory.newest();
      await this.#checkBeginning(before);
      const size = ((await this.#store.head(SEALS_TENANT))?.seq ?? -1) + 1;
      await this.#checkEnd(before, size);
      return size > (before?.size ?? 0)
        ? { checkpoint: await this.#sign(before, size), made: true }
        : { checkpoint: before, made: false };
    });
    // Only what is remembered is shown. Also when nothing is new: a crash may have come between the two.
    await this.#show();
    return published;
  }

  /** Puts the newest checkpoint where everybody finds it. */
  async #show(): Promise<void> {
    await this.#memory.exclusively(async () => {
      const newest = this.#memory.newest();
      if (newest !== undefined) await putFile(this.#public('checkpoint'), newest.note);
    });
  }

  /** The first keys of a log are named by its first publisher. Later ones only by who asks for it. */
  async #nameKeys(): Promise<void> {
    const signed = await this.#memory.exclusively(() => this.#memory.newest());
    if (signed !== undefined) return;
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
    const published = await readIfThere(this.#public('checkpoint'));
    const { origin, size } =
      published === undefined ? { size: 0 } : readCheckpointText(readNote(published).text);
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
    return new TileTree(size, tilesIn(this.#public())).leaf(index);
  }

  async #sign(before: StoredCheckpoint | undefined, size: number): Promise<StoredCheckpoint> {
    await writeTiles(this.#store, this.#public(), before?.size ?? 0, size, (text) => {
      const change = readKeyChange(text);
      if (change !== undefined) this.#memory.setKey(change.vkey, change.kind === 'retired');
    });
    const tree = new TileTree(size, tilesIn(this.#public()));
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
   * Names a key in the log, or retires one. It counts from the next checkpoint on.
   *
   * @throws SealtrailError `key_invalid` for a key of another log; what appending throws
   */
  async changeKey(kind: 'added' | 'retired', signer: Pick<Signer, 'key'>): Promise<void> {
    if (signer.key.role !== 'log' || signer.key.name !== this.origin) {
      throw new SealtrailError('key_invalid', `the key is not one of the log ${this.origin}`);
    }
    const log = new Log(this.#store);
    try {
      await log.append(SEALS_TENANT, keyDraft(kind, signer.key));
    } finally {
      await log.close();
    }
  }

  /**
   * Brings a sink what it has not got. Fails at the first checkpoint that it does not take; what it took before counts.
   *
   * @throws SealtrailError `sink_failed` (try again later), `checkpoint_refused` (a person must look), `config_invalid` for a
   *   sink that there is not
   */
  async deliver(name: string, signal: AbortSignal = new AbortController().signal): Promise<Delivered> {
    const sink = this.#sinks.find((one) => one.name === name);
    if (sink === undefined) throw new SealtrailError('config_invalid', `there is no sink ${name}`);
    const waiting = await this.#memory.exclusively(() => this.#memory.outstanding(name));
    const chosen = sink.newestOnly ? waiting.slice(-1) : waiting;
    for (const checkpoint of chosen) {
      signal.throwIfAborted();
      try {
        await this.#deliverOne(sink, checkpoint, signal);
      } catch (error) {
        const code = isSealtrailError(error) ? error.code : 'sink_failed';
        const message = error instanceof Error ? error.message : String(error);
        await this.#memory.exclusively(() => this.#memory.failed(name, code, message, this.#time()));
        throw error;
      }
    }
    // The newest says all that older ones would have said.
    if (sink.newestOnly) {
      await this.#memory.exclusively(() => {
        for (const { size } of waiting) this.#memory.delivered(name, size, this.#time(), undefined);
      });
    }
    return { sink: name, taken: chosen.length };
  }

  async #deliverOne(sink: Sink, stored: StoredCheckpoint, signal: AbortSignal): Promise<void> {
    const { size, root, origin, note } = stored;
    const checkpoint: Checkpoint = { origin, size, root };
    const previous = await this.#memory.exclusively(() => this.#memory.lastDelivered(sink.name));
    const tree = new TileTree(size, tilesIn(this.#public()));
    const receipt = await sink.deliver({
      checkpoint,
      note,
      previous,
      signal,
      consistency: (from) => tree.consistency(from),
    });
    await this.#memory.exclusively(() => {
      if (receipt.signatures !== undefined) this.#addSignatures(size, receipt.signatures);
      this.#memory.delivered(sink.name, size, this.#time(), receipt.timestamp);
    });
    if (receipt.signatures !== undefined) await this.#show();
  }

  #addSignatures(size: number, signatures: readonly NoteSignature[]): void {
    const { note } = this.#memory.at(size) as StoredCheckpoint;
    const { text, signatures: before } = readNote(note);
    const fresh = signatures.filter(
      ({ name, id }) => !before.some((signature) => signature.name === name && signature.id === id),
    );
    this.#memory.setNote(size, encodeNote({ text, signatures: [...before, ...fresh] }));
  }

  /** What each sink has got, and what it has not. */
  sinks(): Promise<SinkState[]> {
    return this.#memory.exclusively(() => this.#sinks.map((sink) => sinkState(sink, this.#memory)));
  }

  /** The newest checkpoint. */
  newest(): Promise<StoredCheckpoint | undefined> {
    return this.#memory.exclusively(() => this.#memory.newest());
  }

  /**
   * The proof that an entry of the operator's log, such as a seal, is under a checkpoint: the first that covers it, or the newest.
   *
   * @throws SealtrailError `not_sealed` when none covers it yet
   */
  async proveLeaf(index: number, which: 'first' | 'newest' = 'newest'): Promise<ProvedLeaf> {
    const { found, receipts } = await this.#memory.exclusively(() => {
      const checkpoint = which === 'newest' ? this.#memory.newest() : this.#memory.covering(index + 1);
      return { found: checkpoint, receipts: this.#memory.receipts(checkpoint?.size ?? 0) };
    });
    if (found === undefined || found.size <= index) {
      throw new SealtrailError(
        'not_sealed',
        `entry ${index} of the operator’s log is under no checkpoint yet`,
      );
    }
    return {
      index,
      proof: await new TileTree(found.size, tilesIn(this.#public())).inclusion(index),
      checkpoint: found.note,
      timestamps: receipts.map(({ sink, receipt }) => ({ sink, token: receipt })),
    };
  }

  /** A consistency proof between two sizes that were published. */
  consistency(from: number, to: number): Promise<readonly Hash[]> {
    return new TileTree(to, tilesIn(this.#public())).consistency(from);
  }

  close(): void {
    this.#memory.close();
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }

  #public(...path: readonly string[]): string {
    return join(this.#folder, PUBLIC, ...path);
  }
}
