import { isSealtrailError, SealtrailError } from '@sealtrail/format';
import {
  cosignaturesOf,
  encodeAddCheckpoint,
  encodeVkey,
  isSignatureOf,
  type NoteKey,
  type NoteSignature,
  readNote,
  readSignatureLines,
  SIZE_TYPE,
} from '@sealtrail/tlog';
import { type Answer, post, refused } from './request.ts';
import type { Delivery, Sink } from './sink.ts';

const MAX_ANSWER = 262_144;

/** A C2SP witness: it keeps what it saw, and signs only what extends that. */
export function witnessSink(name: string, url: string, key: NoteKey): Sink {
  const endpoint = `${url.replace(/\/$/, '')}/add-checkpoint`;
  const ask = async (delivery: Delivery, old: number): Promise<Answer> => {
    const proof = old === 0 || old === delivery.checkpoint.size ? [] : await delivery.consistency(old);
    const body = encodeAddCheckpoint({ old, proof, checkpoint: delivery.note });
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    return post(name, endpoint, body, { headers, maxBytes: MAX_ANSWER, signal: delivery.signal });
  };
  return {
    name,
    newestOnly: true,
    deliver: async (delivery) => {
      const { size } = delivery.checkpoint;
      let answer = await ask(delivery, Math.min(delivery.previous, size));
      if (answer.status === 409) {
        const seen = sizeIn(name, answer);
        if (seen > size) {
          throw new SealtrailError(
            'checkpoint_refused',
            `${name} has seen ${seen} leaves of this log, which has ${size}`,
            {
              sink: name,
            },
          );
        }
        answer = await ask(delivery, seen);
      }
      if (answer.status === 422) {
        throw new SealtrailError('checkpoint_refused', `${name} knows another history of this log`, {
          sink: name,
        });
      }
      if (answer.status !== 200) throw refused(name, answer);
      return { signatures: [verified(name, key, delivery.note, answer.body)] };
    },
  };
}

function sizeIn(name: string, { type, body }: Answer): number {
  const text = new TextDecoder().decode(body);
  if (!type.startsWith(SIZE_TYPE) || !/^(0|[1-9][0-9]{0,14})\n$/.test(text)) {
    throw new SealtrailError('sink_failed', `${name} answered a conflict without a size`, { sink: name });
  }
  return Number(text);
}

/** The witness's own signature among what it sent, checked; others in it are left out. */
function verified(name: string, key: NoteKey, note: string, body: Uint8Array): NoteSignature {
  const { text } = readNote(note);
  try {
    const lines = readSignatureLines(new TextDecoder().decode(body));
    const own = lines.find((line) => isSignatureOf(line, key));
    if (own !== undefined && cosignaturesOf({ text, signatures: [own] }, [key]).length > 0) return own;
  } catch (cause) {
    // Whatever it or a proxy before it answers: that says nothing about the log, and the next answer may be a good one.
    if (!isSealtrailError(cause)) throw cause;
    throw new SealtrailError('sink_failed', `${name}: ${cause.message}`, { sink: name }, { cause });
  }
  throw new SealtrailError('sink_failed', `${name} did not sign as ${encodeVkey(key)}`, { sink: name });
}
