import type { Hash } from '@sealtrail/format';
import type { Checkpoint, NoteSignature } from '@sealtrail/tlog';

/** What a sink gets. */
export interface Delivery {
  readonly checkpoint: Checkpoint;
  /** The signed note, with the cosignatures so far. */
  readonly note: string;
  /** Consistency proof from an older size to this one. */
  readonly consistency: (from: number) => Promise<readonly Hash[]>;
  /** Newest size that this sink took before; 0 for none. */
  readonly previous: number;
  readonly signal: AbortSignal;
}

/** What a sink gives back, to be kept with the checkpoint. */
export interface Receipt {
  /** Cosignatures to add to the note. */
  readonly signatures?: readonly NoteSignature[];
  /** A time-stamp token (RFC 3161), DER. */
  readonly timestamp?: Uint8Array;
}

/** Somebody outside who gets every checkpoint: the one thing that the operator cannot take back afterwards. */
export interface Sink {
  /** Unique among the sinks of a log. */
  readonly name: string;
  /** True when older checkpoints say nothing that the newest does not. */
  readonly newestOnly: boolean;
  /**
   * Takes a checkpoint. May be called again with one that it took.
   *
   * @throws SealtrailError `sink_failed` when it should be tried again; `checkpoint_refused` when a person must look, because
   *   the sink knows another history
   */
  deliver(delivery: Delivery): Promise<Receipt>;
}
