import { createHash } from 'node:crypto';
import { SealtrailError } from '@sealtrail/format';
import {
  type Checkpoint,
  cosign,
  encodeNote,
  encodeSignatureLine,
  isSignatureOf,
  judgeAddCheckpoint,
  type NoteKey,
  SIZE_TYPE,
  type Signer,
} from '@sealtrail/tlog';
import { WitnessState } from './state.ts';

/** Who cosigns which logs, and where that is remembered. */
export interface WitnessOptions {
  /** A witness key. */
  readonly signer: Signer;
  /** Keys of the logs that are followed. */
  readonly logs: readonly NoteKey[];
  /** File of what was cosigned: if it is lost, the witness vouches for nothing that came before. */
  readonly state: string;
  /** Makes that file, which must not be there yet. For the very first start alone; default false. */
  readonly init?: boolean | undefined;
  /** The clock, Unix milliseconds. */
  readonly now?: (() => number) | undefined;
  /** Called once for each checkpoint that a log signed and that is not shown to extend what was cosigned: it may be a second history. */
  readonly onRefused?: ((refused: RefusedCheckpoint) => void) | undefined;
}

/** A checkpoint that a log has signed, and the one that it should extend. */
export interface RefusedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** Undefined when nothing was cosigned yet. */
  readonly cosigned: Checkpoint | undefined;
}

/** So many are told apart: whoever sends them again and again is not heard as often. Anybody can make a log's own checkpoint be refused. */
const TOLD = 100;

/** What a witness answers over HTTP. */
export interface WitnessAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const TEXT = 'text/plain; charset=utf-8';

/**
 * A small C2SP witness: it cosigns what extends what it cosigned before. Anybody can host one, such as a customer for its
 * vendor. It holds nothing secret but its key, and learns nothing but sizes and hashes.
 */
export class Witness {
  readonly #signer: Signer;
  readonly #logs: readonly NoteKey[];
  readonly #state: WitnessState;
  readonly #now: () => number;
  readonly #onRefused: WitnessOptions['onRefused'];
  readonly #told = new Set<string>();

  /** @throws SealtrailError `config_invalid`, `store_layout` */
  constructor({ signer, logs, state, init = false, now = Date.now, onRefused }: WitnessOptions) {
    if (signer.key.role !== 'witness')
      throw new SealtrailError('config_invalid', 'the key is not a witness’s');
    if (logs.length === 0) throw new SealtrailError('config_invalid', 'a witness follows one log or more');
    this.#signer = signer;
    this.#logs = logs;
    this.#now = now;
    this.#onRefused = onRefused;
    this.#state = new WitnessState(state, init);
  }

  /** POST `add-checkpoint`. The body is attacker-controlled, and bounded by the caller. */
  async addCheckpoint(body: string): Promise<WitnessAnswer> {
    // Remembered before the cosignature exists: a crash in between costs one cosignature, never a second history.
    const answer = this.#state.atomically(() => {
      const judged = judgeAddCheckpoint(body, this.#logs, (origin) => this.#state.get(origin));
      if (judged.status === 200) this.#state.set(judged.cosign, encodeNote(judged.cosign.note));
      return judged;
    });
    if (answer.status === 422) this.#tell(answer.refused);
    if (answer.status === 409) return { status: 409, type: SIZE_TYPE, body: `${answer.size}\n` };
    if (answer.status !== 200) return { status: answer.status, type: TEXT, body: `${answer.why}\n` };
    const { note, signedBy, ...checkpoint } = answer.cosign;
    const signature = await cosign(note.text, this.#signer, Math.floor(this.#now() / 1_000));
    const own = note.signatures.filter((line) => signedBy.some((key) => isSignatureOf(line, key)));
    const kept = encodeNote({ text: note.text, signatures: [...own, signature] });
    this.#state.atomically(() => {
      // Somebody may have brought a larger one in the meantime.
      if (this.#state.get(checkpoint.origin)?.size === checkpoint.size) this.#state.set(checkpoint, kept);
    });
    return { status: 200, type: TEXT, body: encodeSignatureLine(signature) };
  }

  #tell({ origin, size, root }: Checkpoint): void {
    const which = `${origin} ${size} ${root}`;
    if (this.#told.has(which)) return;
    this.#told.add(which);
    // The oldest gives way: whoever fills this must not keep a second history from being told.
    const [oldest] = this.#told;
    if (this.#told.size > TOLD) this.#told.delete(oldest as string);
    this.#onRefused?.({ checkpoint: { origin, size, root }, cosigned: this.#state.get(origin) });
  }

  /** GET `HASH/checkpoint`: the newest cosigned checkpoint of the log whose origin has this SHA-256. */
  checkpoint(originHash: string): WitnessAnswer {
    const origin = this.#state
      .origins()
      .find((one) => createHash('sha256').update(one).digest('hex') === originHash);
    const found = origin === undefined ? undefined : this.#state.get(origin);
    return found === undefined
      ? { status: 404, type: TEXT, body: 'not found\n' }
      : { status: 200, type: TEXT, body: found.note };
  }

  close(): void {
    this.#state.close();
  }
}
