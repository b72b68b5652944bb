import type { EntryRow } from '@sealtrail/format';
import type { BSON } from 'mongodb';
import type { RawRow } from '../source.ts';

// A stored entry as MongoDB sends it (BSON, bsonspec.org 1.1). Nearly all have the fields that the store writes, in its order: those
// are cut out of the bytes, in a fifth of the time that the driver takes. Every other document, and every text that could be
// something else than it seems, is left to the driver.

const STRING = 0x02;
const INT32 = 0x10;
const NO_CHARACTER = '\ufffd';

/** What reads BSON, of the driver. */
type Bson = Pick<typeof BSON, 'deserialize' | 'calculateObjectSize'>;

/**
 * A document as the driver reads it, whatever somebody could store. A name that is there twice is not passed over: the server may find a
 * document by the first of the two values, and whoever reads it is given the last.
 */
export function readDocument({ deserialize, calculateObjectSize }: Bson, bytes: Uint8Array): RawRow {
  let row: RawRow;
  try {
    row = deserialize(bytes);
  } catch {
    // A text that is not UTF-8. It is read with other characters in it, so it must not be taken for what was stored.
    return { ...deserialize(bytes, { validation: { utf8: false } }), 'not UTF-8': true };
  }
  const typed = deserialize(bytes, { promoteValues: false, bsonRegExp: true });
  return calculateObjectSize(typed) === bytes.length ? row : { ...row, 'a name twice': true };
}

/** Type and name of a field, as they stand before its value. */
function header(name: string, type = STRING): Buffer {
  return Buffer.from(`${String.fromCharCode(type)}${name}\0`, 'latin1');
}
const ID = header('_id');
const TENANT = header('tenant');
const SEQ = header('seq', INT32);
const ENTRY_ID = header('id');
const TYPE = header('type');
const TIME = header('time');
const HASH = header('hash');
const ENTRY = header('entry');
const OPENINGS = header('openings');

/** Reads the documents of a raw cursor. Their bytes are whatever somebody could store. */
export class EntryDocuments {
  readonly #bson: Bson;
  #bytes: Buffer = Buffer.alloc(0);
  /** Where the next field begins; -1 once something was not as expected. */
  #at = 0;

  constructor(bson: Bson) {
    this.#bson = bson;
  }

  row(document: Uint8Array): RawRow {
    const { buffer, byteOffset, length } = document;
    this.#bytes = Buffer.from(buffer, byteOffset, length);
    return this.#plain() ?? readDocument(this.#bson, document);
  }

  #plain(): RawRow | undefined {
    this.#at = 4;
    const _id = this.#ascii(ID);
    const tenant = this.#ascii(TENANT);
    const seq = this.#int32(SEQ);
    const id = this.#ascii(ENTRY_ID);
    const type = this.#ascii(TYPE);
    const time = this.#ascii(TIME);
    const hash = this.#ascii(HASH);
    const entry = this.#text(ENTRY);
    const openings = this.#text(OPENINGS);
    // The document ends with a byte of its own.
    if (this.#at !== this.#bytes.length - 1) return undefined;
    const row: EntryRow & { readonly _id: string } = {
      _id,
      tenant,
      seq,
      id,
      type,
      time,
      hash,
      entry,
      openings,
    };
    return row as unknown as RawRow;
  }

  /** Goes behind a field's header; false when another field stands here. */
  #enter(field: Buffer): boolean {
    const at = this.#at;
    if (at === -1) return false;
    for (let i = 0; i < field.length; i++) {
      if (this.#bytes[at + i] !== field[i]) {
        this.#at = -1;
        return false;
      }
    }
    this.#at = at + field.length;
    return true;
  }

  #int32(field: Buffer): number {
    if (!this.#enter(field) || this.#at + 4 > this.#bytes.length) return this.#fail(0);
    this.#at += 4;
    return this.#bytes.readInt32LE(this.#at - 4);
  }

  /** Where a string's bytes end, without the zero behind them; -1 when it does not lie within the document. */
  #stringEnd(field: Buffer): number {
    if (!this.#enter(field) || this.#at + 4 > this.#bytes.length) return -1;
    const size = this.#bytes.readInt32LE(this.#at);
    const end = this.#at + 4 + size - 1;
    return size >= 1 && end < this.#bytes.length && this.#bytes[end] === 0 ? end : -1;
  }

  /** A column: the entry's text says it in ASCII, so one that holds other bytes differs from it however they are read. */
  #ascii(field: Buffer): string {
    const end = this.#stringEnd(field);
    if (end === -1) return this.#fail('');
    const from = this.#at + 4;
    this.#at = end + 1;
    return this.#bytes.toString('latin1', from, end);
  }

  #text(field: Buffer): string {
    const end = this.#stringEnd(field);
    if (end === -1) return this.#fail('');
    const text = this.#bytes.toString('utf8', this.#at + 4, end);
    this.#at = end + 1;
    // What is not UTF-8 reads as this character, which may also stand there by right.
    return text.includes(NO_CHARACTER) ? this.#fail('') : text;
  }

  #fail<T>(value: T): T {
    this.#at = -1;
    return value;
  }
}
