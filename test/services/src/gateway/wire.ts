import { type Document, deserialize, serialize } from 'bson';
import { asString, type Field, readFields } from './bson-fields.ts';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
const HEADER_SIZE = 16;

export interface Request {
  id: number;
  /** Old drivers, and every driver's first hello, ask by OP_QUERY and are answered by OP_REPLY. */
  legacy: boolean;
  wantsReply: boolean;
  name: string;
  db: string;
  /** The command as the client sent it. */
  body: Buffer;
  fields: Map<string, Field>;
  /** Document sequences by name, each the bytes of documents one after another. */
  sequences: Map<string, Buffer>;
}

export function messageLength(header: Buffer): number {
  return header.readInt32LE(0);
}

export function parseRequest(message: Buffer): Request {
  const opCode = message.readInt32LE(12);
  if (opCode === OP_MSG) return parseMsg(message);
  if (opCode === OP_QUERY) return parseQuery(message);
  throw new Error(`Unknown wire operation ${opCode}`);
}

function parseMsg(message: Buffer): Request {
  const flags = message.readUInt32LE(HEADER_SIZE);
  const end = flags & CHECKSUM_PRESENT ? message.length - 4 : message.length;
  const sequences = new Map<string, Buffer>();
  let body: Buffer | undefined;
  let at = HEADER_SIZE + 4;
  while (at < end) {
    const kind = message[at]!;
    const size = message.readInt32LE(at + 1);
    const section = message.subarray(at + 1, at + 1 + size);
    if (kind === 0) {
      body = section;
    } else if (kind === 1) {
      const nameEnd = section.indexOf(0, 4);
      sequences.set(section.toString('utf8', 4, nameEnd), section.subarray(nameEnd + 1));
    } else {
      throw new Error(`Unknown section kind ${kind}`);
    }
    at += 1 + size;
  }
  if (body === undefined) throw new Error('A message without a command');
  const fields = readFields(body);
  return {
    id: message.readInt32LE(4),
    legacy: false,
    wantsReply: (flags & MORE_TO_COME) === 0,
    name: fields.keys().next().value ?? '',
    db: asString(fields.get('$db')) ?? 'admin',
    body,
    fields,
    sequences,
  };
}

function parseQuery(message: Buffer): Request {
  const nameEnd = message.indexOf(0, HEADER_SIZE + 4);
  const namespace = message.toString('utf8', HEADER_SIZE + 4, nameEnd);
  const start = nameEnd + 1 + 8;
  const body = message.subarray(start, start + message.readInt32LE(start));
  const fields = readFields(body);
  return {
    id: message.readInt32LE(4),
    legacy: true,
    wantsReply: true,
    name: fields.keys().next().value ?? '',
    db: namespace.split('.', 1)[0] ?? 'admin',
    body,
    fields,
    sequences: new Map(),
  };
}

/** The bytes that go before the reply document. */
export function replyHead(request: Request, replyId: number, bodyLength: number): Buffer {
  const head = Buffer.alloc(request.legacy ? HEADER_SIZE + 20 : HEADER_SIZE + 5);
  head.writeInt32LE(head.length + bodyLength, 0);
  head.writeInt32LE(replyId, 4);
  head.writeInt32LE(request.id, 8);
  head.writeInt32LE(request.legacy ? OP_REPLY : OP_MSG, 12);
  if (request.legacy) head.writeInt32LE(1, HEADER_SIZE + 16); // one document
  return head;
}

export function encode(document: Document): Buffer {
  return Buffer.from(serialize(document, { ignoreUndefined: true }));
}

export function decode(bytes: Buffer): Document {
  return deserialize(bytes, { promoteValues: false, promoteBuffers: false });
}

/** The first field of most commands names the command and the collection that it is about. */
export function collectionOf(request: Request): string {
  return asString(request.fields.values().next().value) ?? '';
}
