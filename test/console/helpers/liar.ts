import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * What a liar makes of an answer; the path begins behind `api/v1/`. Undefined: the answer as it is; `only`: so much of it, and then
 * nothing more.
 */
export type Lie = (path: string, text: string) => string | { readonly only: string } | undefined;

/**
 * A server that stands before the service and tells its own version of what the service says: what an operator could do who wants
 * an auditor to see something else.
 *
 * @returns the address of the page as the liar serves it
 */
export async function newLiar(base: string, lie: Lie): Promise<string> {
  const server = createServer(async (request, response) => {
    const answer = await fetch(new URL(request.url ?? '/', base), {
      method: request.method ?? 'GET',
      headers: headersOf(request),
      redirect: 'manual',
      ...(request.method === 'POST' ? { body: await textOf(request) } : {}),
    });
    const headers = Object.fromEntries(
      [...answer.headers].filter(
        ([name]) => !/^(content-(encoding|length)|transfer-encoding|connection)$/.test(name),
      ),
    );
    response.writeHead(answer.status, headers);
    const path = /^\/api\/v1\/(.*)$/s.exec(request.url ?? '')?.[1];
    if (path === undefined) {
      response.end(Buffer.from(await answer.arrayBuffer()));
      return;
    }
    const text = await answer.text();
    const told = lie(path, text) ?? text;
    if (typeof told === 'string') response.end(told);
    else response.write(told.only);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const passed = ['cookie', 'content-type', 'sealtrail-request', 'accept'];
  return Object.fromEntries(
    passed.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])),
  );
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

/** Says of every run that it is over and found nothing wrong. */
export function allValid(size: number): Lie {
  return (path, text) => {
    if (!path.includes('verifications')) return undefined;
    const lied = (json: string): string => {
      const value = JSON.parse(json);
      if (value.run !== undefined) value.run = validRun(value.run, size);
      if (value.runs !== undefined) value.runs = value.runs.map((run: object) => validRun(run, size));
      return JSON.stringify(value);
    };
    if (!path.endsWith('/events')) return text === '' ? undefined : lied(text);
    return text.replace(/^data: (\{"run".*)$/gm, (_, json: string) => `data: ${lied(json)}`);
  };
}

function validRun(run: object, size: number): object {
  const { tenant, state } = run as { tenant: string; state: string };
  if (state === 'running') return run;
  const to = size - 1;
  const report = {
    tenant,
    status: 'valid',
    walked: size,
    range: { from: 0, to },
    position: null,
    summary: `chain valid: ${size} entries walked, positions 0 to ${to}, anchored up to ${to}`,
    findings: [],
    findingCount: 0,
    findingCodes: {},
    last: null,
    anchors: { checked: 1, through: to },
    unanchored: null,
    openings: { checked: 1 },
    notChecked: [],
  };
  return { ...run, state: 'valid', walked: size, position: to, report, error: null };
}
