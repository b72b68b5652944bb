/** Reads the top level of a BSON document in place: what the gateway needs to know of a command, undecoded. */

export interface Field {
  type: number;
  name: string;
  /** The value's bytes, without type and name. */
  value: Buffer;
}

const BSON_STRING = 0x02;
const BSON_DOCUMENT = 0x03;
const BSON_ARRAY = 0x04;
const BSON_BINARY = 0x05;
const BSON_BOOLEAN = 0x08;
const FIXED_SIZES = new Map([
  [0x01, 8],
  [0x06, 0],
  [0x07, 12],
  [0x08, 1],
  [0x09, 8],
  [0x0a, 0],
  [0x10, 4],
  [0x11, 8],
  [0x12, 8],
  [0x13, 16],
  [0x7f, 0],
  [0xff, 0],
]);

function valueEnd(doc: Buffer, type: number, at: number): number {
  const fixed = FIXED_SIZES.get(type);
  if (fixed !== undefined) return at + fixed;
  switch (type) {
    case BSON_DOCUMENT:
    case BSON_ARRAY:
    case 0x0f: // code with scope
      return at + doc.readInt32LE(at);
    case BSON_STRING:
    case 0x0d: // code
    case 0x0e: // symbol
      return at + 4 + doc.readInt32LE(at);
    case BSON_BINARY:
      return at + 5 + doc.readInt32LE(at);
    case 0x0b: // regular expression: pattern and flags
      return doc.indexOf(0, doc.indexOf(0, at) + 1) + 1;
    case 0x0c: // pointer to a document
      return at + 4 + doc.readInt32LE(at) + 12;
    default:
      throw new Error(`Unknown BSON type 0x${type.toString(16)}`);
  }
}

export function readFields(doc: Buffer): Map<string, Field> {
  const fields = new Map<string, Field>();
  let at = 4;
  while (at < doc.length - 1) {
    const type = doc[at]!;
    const nameEnd = doc.indexOf(0, at + 1);
    if (nameEnd < 0) throw new Error('A BSON field name has no end');
    const name = doc.toString('utf8', at + 1, nameEnd);
    const end = valueEnd(doc, type, nameEnd + 1);
    if (end > doc.length) throw new Error(`The BSON field ${name} ends outside its document`);
    fields.set(name, { type, name, value: doc.subarray(nameEnd + 1, end) });
    at = end;
  }
  return fields;
}

export function asString(field: Field | undefined): string | undefined {
  if (field?.type !== BSON_STRING) return undefined;
  return field.value.toString('utf8', 4, field.value.length - 1);
}

export function asBoolean(field: Field | undefined): boolean | undefined {
  return field?.type === BSON_BOOLEAN ? field.value[0] === 1 : undefined;
}

export function asInteger(field: Field | undefined): bigint | undefined {
  if (field?.type === 0x10) return BigInt(field.value.readInt32LE());
  if (field?.type === 0x12) return field.value.readBigInt64LE();
  if (field?.type === 0x01) return BigInt(Math.trunc(field.value.readDoubleLE()));
  return undefined;
}

export function asDocument(field: Field | undefined): Buffer | undefined {
  return field?.type === BSON_DOCUMENT || field?.type === BSON_ARRAY ? field.value : undefined;
}

/** The bytes of a binary value such as a session's UUID, without length and subtype. */
export function asBinary(field: Field | undefined): Buffer | undefined {
  return field?.type === BSON_BINARY ? field.value.subarray(5) : undefined;
}
