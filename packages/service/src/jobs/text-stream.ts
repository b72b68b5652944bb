import { SealtrailError } from '@sealtrail/format';
import type { Job } from './job.ts';
import type { Jobs } from './jobs.ts';

/** How long a reader may take for one piece, in milliseconds: the thread is wanted elsewhere. */
const READER_MS = 60_000;

/** How a text is streamed. */
export interface Streaming {
  /** The token or person that it is for. */
  readonly who: string;
  readonly request: AbortSignal;
  /** How long all of it may take, in milliseconds: a reader that takes a little now and then has a thread for as long. */
  readonly mostMs: number;
  /** Told what cut the text short after its first piece, unless the reader did. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * What a job writes, as the body of an answer. Resolves with its first piece: what fails before that is still an error with a
 * status; what fails later cuts the connection, so that nobody takes a part for the whole.
 */
export async function textStream(
  jobs: Jobs,
  job: Job,
  { who, request, mostMs, onFailed }: Streaming,
): Promise<ReadableStream<Uint8Array>> {
  const stopping = new AbortController();
  let taken = (): void => {};
  const signal = AbortSignal.any([stopping.signal, request]);
  signal.addEventListener('abort', () => taken(), { once: true });
  const encoder = new TextEncoder();
  const tooSlow = (): void => stopping.abort(new SealtrailError('service_busy', 'the reader is too slow'));
  let end: NodeJS.Timeout | undefined;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (one) => {
        controller = one;
      },
      pull: () => taken(),
      cancel: () => stopping.abort(),
    },
    { highWaterMark: 1 },
  );
  await new Promise<void>((resolve, reject) => {
    const onText = async (text: string): Promise<void> => {
      const pulled = new Promise<void>((go) => {
        taken = go;
      });
      // Before the first piece there is nothing that a reader could be slow with.
      end ??= setTimeout(tooSlow, mostMs);
      controller?.enqueue(encoder.encode(text));
      resolve();
      if ((controller?.desiredSize ?? 0) > 0) return;
      const late = setTimeout(tooSlow, READER_MS);
      await pulled.finally(() => clearTimeout(late));
      signal.throwIfAborted();
    };
    const text = jobs.run(job, who, { signal, onText }).finally(() => clearTimeout(end));
    text.then(
      () => {
        resolve();
        unlessGone(() => controller?.close());
      },
      (error: unknown) => {
        reject(error);
        if (end !== undefined && !signal.aborted) onFailed(error);
        unlessGone(() => controller?.error(new Error('the text ended early')));
      },
    );
  });
  return body;
}

/** A reader that goes as the text ends has closed the stream already: that must not end the process. */
function unlessGone(tell: () => void): void {
  try {
    tell();
  } catch {
    // Nobody is left to be told.
  }
}
