import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import { logHandler } from './log/handler.ts';
import type { Witness } from './witness/witness.ts';

/** A checkpoint with sixteen post-quantum signatures and a proof is smaller. */
const MAX_BODY = 262_144;
const REQUEST_MS = 10_000;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves what a log published, read-only: any C2SP client can follow it.
 *
 * @throws SealtrailError `config_invalid` for a folder from which nothing was published: a mistyped one would be served as if all were well
 */
export async function serveLog(folder: string, host: string, port: number): Promise<Listening> {
  const checkpoint = join(folder, 'public', 'checkpoint');
  if (!existsSync(checkpoint)) {
    throw new SealtrailError('config_invalid', `there is no ${checkpoint}: nothing was published yet`);
  }
  const handle = logHandler(folder);
  return listen(host, port, async ({ method, url }) =>
    method === 'GET' || method === 'HEAD' ? handle(pathOf(url)) : refuse(405, 'only GET'),
  );
}

/** Serves a witness: its submission and its monitoring prefix are the same. */
export function serveWitness(witness: Witness, host: string, port: number): Promise<Listening> {
  return listen(host, port, async (request) => {
    const path = pathOf(request.url);
    const [, originHash] = /^([0-9a-f]{64})\/checkpoint$/.exec(path) ?? [];
    if (originHash !== undefined && request.method === 'GET') return plain(witness.checkpoint(originHash));
    if (path !== 'add-checkpoint') return refuse(404, 'not found');
    if (request.method !== 'POST') return refuse(405, 'only POST');
    const body = await readBody(request);
    return body === undefined
      ? refuse(413, `at most ${MAX_BODY} bytes`)
      : plain(await witness.addCheckpoint(body));
  });
}

async function listen(
  host: string,
  port: number,
  answer: (request: IncomingMessage) => Promise<Answer>,
): Promise<Listening> {
  const server: Server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
    (request, response) => {
      answer(request)
        .catch(() => refuse(500, 'something went wrong'))
        .then(({ status, headers, body }) => {
          response.writeHead(status, { ...headers, 'x-content-type-options': 'nosniff' });
          response.end(request.method === 'HEAD' ? undefined : body);
        });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Undefined for a body that is too long; bytes that are not UTF-8 become signs that nobody signed. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += (part as Buffer).length;
    if (length > MAX_BODY) return undefined;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

function pathOf(url: string | undefined): string {
  return (url ?? '').replace(/^\//, '');
}

function plain({ status, type, body }: { status: number; type: string; body: string }): Answer {
  return { status, headers: { 'content-type': type, 'cache-control': 'no-store' }, body };
}

function refuse(status: number, why: string): Answer {
  return plain({ status, type: 'text/plain; charset=utf-8', body: `${why}\n` });
}
