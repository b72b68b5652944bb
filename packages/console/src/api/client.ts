import { toUrlSegment } from '@sealtrail/format';
import { z } from 'zod';

/** Where the service is: beside the page, whatever path both are mounted under. */
export function serviceUrl(path: string): string {
  return new URL(`api/v1/${path}`, document.baseURI.replace(/#.*$/s, '')).href;
}

/** A path of encoded names, such as `tenants/acme/log`; of the service, and of the page. */
export function pathOf(...names: readonly (string | number)[]): string {
  return names.map((name) => encodeURIComponent(toUrlSegment(String(name)))).join('/');
}

/** Query parameters; members without a value are left out. */
export function queryOf(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

/** What the service, or the way to it, answered instead of what was asked for. */
export class ServiceError extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** From the closed set of Sealtrail's codes; `unreachable`, `unanswered` and `answer_invalid` are the page's own. */
  readonly code: string;

  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServiceError';
    this.status = status;
    this.code = code;
  }
}

const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

let onSignedOut: (() => void) | undefined;

/** Says who is told when an answer is that nobody is signed in any more. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

interface Ask {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Whether it may take long, as what reads a large log does: then nobody but who asked gives it up. */
  readonly isLong?: boolean;
}

/** So long an answer may take that is no work, in milliseconds: then whoever waits is told that none comes. */
const PATIENCE_MS = 60_000;
/** So long nothing may come of what is read from a whole log: it may have to wait for others who read one. */
export const SILENCE_MS = 600_000;

/**
 * Asks the service.
 *
 * @throws ServiceError
 */
async function send(path: string, { method = 'GET', body, signal }: Ask): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(serviceUrl(path), {
      method,
      credentials: 'same-origin',
      headers: {
        ...(method === 'GET' ? {} : { 'Sealtrail-Request': '1' }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ServiceError(0, 'unreachable', 'The service does not answer.', { cause });
  }
  if (!response.ok) {
    // To sign in with what does not hold is no end of a session.
    if (response.status === 401 && path !== 'session') onSignedOut?.();
    throw await refusalOf(response);
  }
  return response;
}

/** Asks for JSON, and holds the answer to a schema. @throws ServiceError */
export async function ask<T>(path: string, schema: z.ZodType<T>, options: Ask = {}): Promise<T> {
  const work = async (signal: AbortSignal | undefined): Promise<T> => {
    const response = await send(path, { ...options, signal });
    const parsed = schema.safeParse(await response.json().catch(() => undefined));
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new ServiceError(
      response.status,
      'answer_invalid',
      `The service gave an answer this page cannot read: ${where}`,
    );
  };
  return options.isLong ? work(options.signal) : patiently(PATIENCE_MS, options.signal, work);
}

/** Asks for something to be done, and for nothing in return. @throws ServiceError */
export async function tell(path: string, options: Ask): Promise<void> {
  await patiently(PATIENCE_MS, options.signal, (signal) => send(path, { ...options, signal }));
}

/**
 * Gives up what nobody answers, the end of an answer included.
 *
 * @param work tells `heard` that something came, and has its time anew
 */
async function patiently<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal, heard: () => void) => Promise<T>,
): Promise<T> {
  const giving = new AbortController();
  const giveUp = (): void => giving.abort(signal?.reason);
  let timer = setTimeout(giveUp, ms);
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, ms);
  };
  signal?.addEventListener('abort', giveUp, { once: true });
  if (signal?.aborted) giveUp();
  try {
    return await work(giving.signal, heard);
  } catch (cause) {
    if (!giving.signal.aborted || signal?.aborted) throw cause;
    throw new ServiceError(0, 'unanswered', 'The service does not answer.', { cause });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

/** Asks for a text, exactly as it was sent: what is asked for so is read from a whole log. @throws ServiceError */
export async function askText(path: string, signal: AbortSignal): Promise<string> {
  return (await askBlob(path, signal)).text();
}

/** Asks for a file, which is read from a whole log. @throws ServiceError */
export function askBlob(path: string, signal: AbortSignal): Promise<Blob> {
  return patiently(SILENCE_MS, signal, async (signal, heard) => {
    const { body, headers } = await send(path, { signal });
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    const reader = body?.getReader();
    try {
      for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
        heard();
        pieces.push(piece.value);
      }
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw new ServiceError(0, 'unreachable', 'The file broke off.', { cause });
    }
    return new Blob(pieces, { type: headers.get('content-type') ?? '' });
  });
}

async function refusalOf(response: Response): Promise<ServiceError> {
  const parsed = refusal.safeParse(await response.json().catch(() => undefined));
  const { code, message } = parsed.data?.error ?? {
    code: `http_${response.status}`,
    message: `The service answered with status ${response.status}.`,
  };
  return new ServiceError(response.status, code, message);
}
