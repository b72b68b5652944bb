import { asBinary, asBoolean, asDocument, asInteger, readFields } from './bson-fields.ts';
import type { Request } from './wire.ts';

/** What a request says about its session. */
export interface SessionInfo {
  /** The session's UUID in hexadecimal. */
  session: string;
  /** Present for a retryable write and for a command in a transaction. */
  number: bigint | undefined;
  inTransaction: boolean;
  starts: boolean;
}

export function sessionInfo(request: Request): SessionInfo | undefined {
  const lsid = asDocument(request.fields.get('lsid'));
  const id = lsid && asBinary(readFields(lsid).get('id'));
  if (!id) return undefined;
  return {
    session: id.toString('hex'),
    number: asInteger(request.fields.get('txnNumber')),
    inTransaction: asBoolean(request.fields.get('autocommit')) === false,
    starts: asBoolean(request.fields.get('startTransaction')) === true,
  };
}

const MOST_REMEMBERED = 20_000;

/**
 * The driver repeats a write once if the connection broke before the answer. The number that it gives to a write
 * stays the same in the repetition: then the first answer is given again, and the write is not done twice.
 */
export class RetryableWrites {
  readonly #last = new Map<string, { number: bigint; reply: Promise<Buffer> }>();

  once(session: string, number: bigint, write: () => Promise<Buffer>): Promise<Buffer> {
    const last = this.#last.get(session);
    if (last?.number === number) return last.reply;

    const entry = { number, reply: write() };
    this.#last.delete(session);
    this.#last.set(session, entry);
    entry.reply.catch(() => {
      // A write that failed whole has done nothing: its repetition is a first try.
      if (this.#last.get(session) === entry) this.#last.delete(session);
    });
    if (this.#last.size > MOST_REMEMBERED) this.#last.delete(this.#last.keys().next().value!);
    return entry.reply;
  }

  forget(session: string): void {
    this.#last.delete(session);
  }
}
