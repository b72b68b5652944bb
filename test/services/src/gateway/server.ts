import { createServer, type Server, type Socket } from 'node:net';
import type { Client, Commands } from './commands.ts';
import { toCommandError } from './errors.ts';
import { Frames } from './frames.ts';
import { encode, messageLength, parseRequest, type Request, replyHead } from './wire.ts';

/** Speaks MongoDB's wire protocol: one command at a time for each connection, connections in parallel. */
export function createGateway(commands: Commands): Server {
  let connections = 0;
  return createServer({ noDelay: true }, (socket) => {
    const address = `${socket.localAddress}:${socket.localPort}`;
    serve(socket, { id: ++connections, address }, commands);
  });
}

function serve(socket: Socket, client: Client, commands: Commands): void {
  const frames = new Frames(16, messageLength);
  const queue: Buffer[] = [];
  let busy = false;
  let replies = 0;

  const work = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    for (let message = queue.shift(); message; message = queue.shift()) {
      const request = parseRequest(message);
      const body = await reply(request, client, commands);
      if (request.wantsReply && !socket.destroyed) {
        socket.cork();
        socket.write(replyHead(request, ++replies, body.length));
        socket.write(body);
        socket.uncork();
      }
    }
    busy = false;
  };

  socket.on('data', (chunk) => {
    try {
      queue.push(...frames.push(chunk));
    } catch (error) {
      socket.destroy(error as Error);
      return;
    }
    work().catch((error) => socket.destroy(error as Error));
  });
  socket.on('error', () => {}); // 'close' follows
  socket.on('close', () => {
    queue.length = 0;
    commands.clientGone(client);
  });
}

async function reply(request: Request, client: Client, commands: Commands): Promise<Buffer> {
  try {
    return await commands.answer(request, client);
  } catch (error) {
    return encode(toCommandError(error, false).toReply());
  }
}
