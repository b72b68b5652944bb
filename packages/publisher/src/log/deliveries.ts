import { isSealtrailError, SealtrailError } from '@sealtrail/format';
import { type Checkpoint, encodeNote, isSignatureOf, type NoteSignature, readNote } from '@sealtrail/tlog';
import type { Sink } from '../sinks/sink.ts';
import type { LogFolder } from './log-folder.ts';
import type { Memory, StoredCheckpoint } from './memory.ts';

/** What was brought to a sink. */
export interface Delivered {
  readonly sink: string;
  /** Checkpoints that it took now. */
  readonly taken: number;
}

/** Brings checkpoints to the sinks of a log, and remembers what each of them took. */
export class Deliveries {
  readonly #folder: LogFolder;
  readonly #memory: Memory;
  readonly #sinks: readonly Sink[];
  readonly #now: () => string;

  constructor(folder: LogFolder, sinks: readonly Sink[], now: () => string) {
    this.#folder = folder;
    this.#memory = folder.memory;
    this.#sinks = sinks;
    this.#now = now;
  }

  /**
   * Brings a sink what it has not got. Fails at the first checkpoint that it does not take; what it took before counts.
   *
   * @throws SealtrailError `sink_failed` (try again later), `checkpoint_refused` (a person must look), `config_invalid` for a
   *   sink that there is not, which its `detail` names; what stops it when the signal is aborted
   */
  async to(name: string, signal: AbortSignal = new AbortController().signal): Promise<Delivered> {
    const sink = this.#sinks.find((one) => one.name === name);
    if (sink === undefined) {
      throw new SealtrailError('config_invalid', `there is no sink ${name}`, { sink: name });
    }
    const waiting = await this.#memory.reading(() => this.#memory.outstanding(name));
    const chosen = sink.newestOnly ? waiting.slice(-1) : waiting;
    for (const checkpoint of chosen) {
      signal.throwIfAborted();
      try {
        await this.#deliverOne(sink, checkpoint, signal);
      } catch (error) {
        // Told to stop, the sink has not failed; what it refused, it has refused.
        if (signal.aborted && !isSealtrailError(error, 'checkpoint_refused')) throw error;
        const code = isSealtrailError(error) ? error.code : 'sink_failed';
        const message = error instanceof Error ? error.message : String(error);
        // What the sink said is told in any case: that it could not be noted changes nothing about it.
        await this.#memory
          .exclusively(() => this.#memory.failed(name, code, message, this.#now()))
          .catch(() => {});
        throw error;
      }
    }
    // The newest says all that older ones would have said.
    if (sink.newestOnly) {
      await this.#memory.exclusively(() => {
        for (const { size } of waiting) this.#memory.delivered(name, size, this.#now(), undefined);
      });
    }
    return { sink: name, taken: chosen.length };
  }

  async #deliverOne(sink: Sink, stored: StoredCheckpoint, signal: AbortSignal): Promise<void> {
    const { size, root, origin, note } = stored;
    const checkpoint: Checkpoint = { origin, size, root };
    const { size: previous } = await this.#memory.reading(() => this.#memory.lastDelivered(sink.name));
    const tree = this.#folder.tree(size);
    const receipt = await sink.deliver({
      checkpoint,
      note,
      previous,
      signal,
      consistency: (from) => tree.consistency(from),
    });
    await this.#memory.exclusively(() => {
      if (receipt.signatures !== undefined) this.#addSignatures(size, receipt.signatures);
      this.#memory.delivered(sink.name, size, this.#now(), receipt.timestamp);
    });
    if (receipt.signatures !== undefined) await this.#folder.show();
  }

  #addSignatures(size: number, signatures: readonly NoteSignature[]): void {
    const { note } = this.#memory.at(size) as StoredCheckpoint;
    const { text, signatures: before } = readNote(note);
    const fresh = signatures.filter((line) => !before.some((there) => isSignatureOf(there, line)));
    this.#memory.setNote(size, encodeNote({ text, signatures: [...before, ...fresh] }));
  }
}
