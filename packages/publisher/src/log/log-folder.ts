import { join } from 'node:path';
import {
  type EntryProof,
  type Hash,
  type HistoryProof,
  isUnderCheckpoint,
  packHashes,
  readSeal,
  SealtrailError,
} from '@sealtrail/format';
import { openCheckpoint, readVkey, TileTree } from '@sealtrail/tlog';
import { putFile, tilesIn } from './files.ts';
import { Memory, type StoredCheckpoint } from './memory.ts';
import type { MemoryOptions } from './memory-file.ts';
import { type SinkState, sinkState } from './sink-state.ts';

const PUBLIC = 'public';

/** A checkpoint with the proof that one leaf is under it. */
export interface ProvedLeaf {
  readonly index: number;
  readonly proof: readonly Hash[];
  /** Signed note with cosignatures. */
  readonly checkpoint: string;
  readonly timestamps: readonly { readonly sink: string; readonly token: Uint8Array }[];
}

/**
 * The folder of a log: what is published lies in `public`, what must not be lost in `publisher.db`. Whoever reads needs no key.
 */
export class LogFolder {
  readonly path: string;
  readonly memory: Memory;

  /**
   * Everything that it does may fail with `store_layout` for a file that holds something else, and `store_unavailable`.
   *
   * @throws SealtrailError `config_invalid` when there is none and none shall be made
   */
  constructor(path: string, options: MemoryOptions = {}) {
    this.path = path;
    this.memory = new Memory(join(path, 'publisher.db'), options);
  }

  /** A path of what is published. */
  public(...path: readonly string[]): string {
    return join(this.path, PUBLIC, ...path);
  }

  /** The tree of a size that was published. */
  tree(size: number): TileTree {
    return new TileTree(size, tilesIn(this.public()));
  }

  /** Puts the newest checkpoint where everybody finds it. Only what is remembered is shown. */
  async show(): Promise<void> {
    await this.memory.exclusively(async () => {
      const newest = this.memory.newest();
      if (newest !== undefined) await putFile(this.public('checkpoint'), newest.note);
    });
  }

  /** The newest checkpoint. */
  newest(): Promise<StoredCheckpoint | undefined> {
    return this.memory.reading(() => this.memory.newest());
  }

  /** What each sink of the last publisher has got, and what it has not. */
  sinks(): Promise<SinkState[]> {
    return this.memory.reading(() => this.memory.sinks().map((sink) => sinkState(sink, this.memory)));
  }

  /**
   * The proof that an entry of the operator's log, such as a seal, is under a checkpoint: the first that covers it, or the newest.
   *
   * @throws SealtrailError `not_sealed` when none covers it yet
   */
  async proveLeaf(index: number, which: 'first' | 'newest' = 'newest'): Promise<ProvedLeaf> {
    const { found, receipts } = await this.memory.reading(() => {
      const checkpoint = which === 'newest' ? this.memory.newest() : this.memory.covering(index + 1);
      return { found: checkpoint, receipts: this.memory.receipts(checkpoint?.size ?? 0) };
    });
    if (found === undefined || found.size <= index) {
      throw new SealtrailError(
        'not_sealed',
        `entry ${index} of the operator’s log is under no checkpoint yet`,
      );
    }
    return {
      index,
      proof: await this.tree(found.size).inclusion(index),
      checkpoint: found.note,
      timestamps: receipts.map(({ sink, receipt }) => ({ sink, token: receipt })),
    };
  }

  /**
   * A proof that goes on from its seal to the newest checkpoint: what is remembered and published has to lead there, or the proof would
   * be refused by whoever gets it.
   *
   * @throws SealtrailError as {@link proveLeaf}; `checkpoint_refused` for a seal that is not under the checkpoint, `note_malformed`,
   *   `checkpoint_malformed` and `note_unverified` for a note that is none of this log
   */
  async complete<P extends EntryProof | HistoryProof>(proof: P): Promise<P> {
    const seal = readSeal(proof.sealed.seal);
    const { proof: hashes, checkpoint, timestamps } = await this.proveLeaf(seal.number);
    const path = packHashes(hashes);
    const keys = await this.memory.reading(() => [...this.memory.keys().keys()]);
    const { size, root } = openCheckpoint(checkpoint, keys.map(readVkey));
    if (!isUnderCheckpoint(seal, path, size, root)) {
      throw new SealtrailError(
        'checkpoint_refused',
        `seal ${seal.number} of the store is not under the checkpoint of ${size} entries that was signed`,
      );
    }
    return {
      ...proof,
      checkpoint: {
        proof: path,
        note: checkpoint,
        timestamps: timestamps.map(({ token }) => Buffer.from(token).toString('base64')),
      },
    };
  }

  close(): void {
    this.memory.close();
  }
}
