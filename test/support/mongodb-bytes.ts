import { connect } from 'node:net';
import { BSON, type Document } from 'mongodb';

const OP_MSG = 2013;

/**
 * Inserts a document of which a name is written over with another one of its length, which no driver does: with one that is there, the
 * document has it twice.
 *
 * @param url of the database
 */
export async function insertRenamed(
  url: string,
  collection: string,
  document: Document,
  from: string,
  to: string,
): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  const command = { insert: collection, documents: [document], $db: pathname.slice(1) };
  const body = Buffer.from(BSON.serialize(command));
  body.write(to, body.indexOf(`${from}\0`, 0, 'latin1'), 'latin1');
  // Its length, a number of its own, nothing that it answers, what it is; no flags; a body.
  const header = Buffer.alloc(21);
  for (const [i, value] of [header.length + body.length, 1, 0, OP_MSG].entries())
    header.writeInt32LE(value, i * 4);
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(Buffer.concat([header, body])));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data);
    });
  });
  const said = BSON.deserialize(answer.subarray(header.length));
  if (said['ok'] !== 1 || said['writeErrors'] !== undefined) throw new Error(JSON.stringify(said));
}
