import { EMPTY_ROOT, type Hash, SealtrailError, verifyConsistency } from '@sealtrail/format';
import { fromDecimal, hashFromBase64, hashToBase64 } from '../bytes.ts';
import { type Checkpoint, openCheckpoint, readCheckpointText, type SignedCheckpoint } from '../checkpoint.ts';
import type { NoteKey } from '../note/key.ts';
import { readNote } from '../note/note.ts';

// C2SP tlog-witness, add-checkpoint: what is sent, and what a witness answers.

const MAX_PROOF_LINES = 63;

/** Content type of the size that a 409 answers with. */
export const SIZE_TYPE = 'text/x.tlog.size';

/** What a witness is asked to cosign. */
export interface AddCheckpoint {
  /** Size of the checkpoint that the witness is thought to have cosigned last; 0 for none. */
  readonly old: number;
  /** Consistency proof from there. */
  readonly proof: readonly Hash[];
  /** The signed checkpoint. */
  readonly checkpoint: string;
}

/** The body of a request. */
export function encodeAddCheckpoint({ old, proof, checkpoint }: AddCheckpoint): string {
  return `old ${old}\n${proof.map((hash) => `${hashToBase64(hash)}\n`).join('')}\n${checkpoint}`;
}

/** Reads the body of a request. @throws SealtrailError `note_malformed` */
export function readAddCheckpoint(body: string): AddCheckpoint {
  const end = body.indexOf('\n\n');
  const [first = '', ...lines] = end === -1 ? [] : body.slice(0, end).split('\n');
  if (!first.startsWith('old ') || lines.length > MAX_PROOF_LINES) {
    throw new SealtrailError('note_malformed', 'the body is not an old size, a proof and a checkpoint');
  }
  return {
    old: fromDecimal(first.slice(4), 'note_malformed'),
    proof: lines.map((line) => hashFromBase64(line, 'note_malformed')),
    checkpoint: body.slice(end + 2),
  };
}

/** What a witness answers: the HTTP status, and with `cosign` the checkpoint that it now stands by. */
export type WitnessAnswer =
  | { readonly status: 200; readonly cosign: SignedCheckpoint }
  | { readonly status: 409; readonly size: number }
  /** With the checkpoint, which the log has signed: the witness's operator should know of it. */
  | { readonly status: 422; readonly why: string; readonly refused: SignedCheckpoint }
  | { readonly status: 400 | 403 | 404; readonly why: string };

/**
 * Decides on a request, which is attacker-controlled. The caller asks and stores under one lock, and stores before it answers.
 *
 * @param keys keys of all logs that this witness follows
 * @param lastOf the checkpoint that was cosigned last for an origin
 */
export function judgeAddCheckpoint(
  body: string,
  keys: readonly NoteKey[],
  lastOf: (origin: string) => Checkpoint | undefined,
): WitnessAnswer {
  let request: AddCheckpoint;
  let origin: string;
  try {
    request = readAddCheckpoint(body);
    origin = readCheckpointText(readNote(request.checkpoint).text).origin;
  } catch (error) {
    return { status: 400, why: messageOf(error) };
  }
  const trusted = keys.filter((key) => key.role === 'log' && key.name === origin);
  if (trusted.length === 0) return { status: 404, why: 'this witness does not follow the log' };
  let signed: SignedCheckpoint;
  try {
    signed = openCheckpoint(request.checkpoint, trusted);
  } catch (error) {
    return { status: 403, why: messageOf(error) };
  }
  const { old, proof } = request;
  if (old > signed.size) return { status: 400, why: 'the old size is beyond the checkpoint' };
  const last = lastOf(origin) ?? { origin, size: 0, root: EMPTY_ROOT };
  if (old !== last.size) return { status: 409, size: last.size };
  return isExtension(last, signed, proof)
    ? { status: 200, cosign: signed }
    : {
        status: 422,
        why: 'the checkpoint is not shown to extend the one that was cosigned last',
        refused: signed,
      };
}

/** Whether a checkpoint is shown to have everything that an older one of the same log had. */
export function isExtension(old: Checkpoint, now: Checkpoint, proof: readonly Hash[]): boolean {
  if (old.origin !== now.origin) return false;
  if (now.size === 0 && now.root !== EMPTY_ROOT) return false;
  // The empty tree is the beginning of every tree, without a proof.
  if (old.size === 0) return proof.length === 0 && old.root === EMPTY_ROOT;
  return verifyConsistency(old.size, now.size, old.root, now.root, proof);
}

function messageOf(error: unknown): string {
  if (!(error instanceof SealtrailError)) throw error;
  return error.message;
}
