import { SealtrailError } from '@sealtrail/format';

const TIMEOUT_MS = 15_000;

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Uint8Array;
}

/**
 * Posts to a sink and reads a bounded answer. Redirects are not followed: a sink is where its configuration says.
 *
 * @throws SealtrailError `sink_failed`; the message holds the sink's name, never its URL, which may hold a secret
 */
export async function post(
  sink: string,
  url: string,
  body: Uint8Array | string,
  options: {
    readonly headers: Readonly<Record<string, string>>;
    readonly maxBytes: number;
    readonly signal: AbortSignal;
  },
): Promise<Answer> {
  const { headers, maxBytes, signal } = options;
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: typeof body === 'string' ? body : Uint8Array.from(body),
      headers,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body: await readBounded(response, maxBytes),
    };
  } catch (cause) {
    if (cause instanceof SealtrailError) throw cause;
    throw new SealtrailError(
      'sink_failed',
      `${sink} cannot be reached (${whyOf(cause)})`,
      { sink },
      { cause },
    );
  }
}

/** What `fetch` throws says what happened in its cause, by a code such as ECONNREFUSED; messages there may hold the URL. */
function whyOf(error: unknown): string {
  const { cause, name = 'unknown' } = Object(error);
  const { code } = Object(cause);
  return typeof code === 'string' && code !== '' ? code : String(name);
}

async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > maxBytes) {
      throw new SealtrailError('sink_failed', `the answer is longer than ${maxBytes} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The error of an answer that is not the one hoped for. */
export function refused(sink: string, { status }: Answer): SealtrailError {
  return new SealtrailError('sink_failed', `${sink} answered ${status}`, { sink, status });
}
