import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export type Routes = Readonly<Record<string, () => Promise<Answer>>>;

/** A server for GET requests to a few exact paths. It takes no input: queries and bodies are ignored. */
export async function serve(routes: Routes, host: string, port: number): Promise<Server> {
  const known = new Map(Object.entries(routes));
  const server = createServer(async (request, response) => {
    const path = request.url?.replace(/\?.*$/s, '') ?? '';
    const answer = await respond(known.get(path), request.method);
    response.writeHead(answer.status, {
      'content-type': answer.type,
      'cache-control': 'no-store',
      ...(answer.status === 405 ? { allow: 'GET, HEAD' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

async function respond(
  route: (() => Promise<Answer>) | undefined,
  method: string | undefined,
): Promise<Answer> {
  if (route === undefined) return text(404, 'not found');
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'method not allowed');
  try {
    return await route();
  } catch {
    return text(500, 'internal error');
  }
}

export function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}

export function json(status: number, body: object): Answer {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(body)}\n` };
}

export function addressOf(server: Server): { readonly host: string; readonly port: number } {
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port };
}

export async function stopServing(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
