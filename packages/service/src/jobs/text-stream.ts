import { SealtrailError } from '@sealtrail/format';
import type { Job } from './job.ts';
import type { Jobs } from './jobs.ts';

/** How long a reader may take for one piece, in milliseconds: the thread is wanted elsewhere. */
const READER_MS = 60_000;

/**
 * What a job writes, as the body of an answer. Resolves with its first piece: what fails before that is still an error with a
 * status; what fails later cuts the connection, so that nobody takes a part for the whole.
 */
export async function textStream(
  jobs: Jobs,
  job: Job,
  request: AbortSignal,
  onFailed: (error: unknown) => void,
): Promise<ReadableStream<Uint8Array>> {
  const stopping = new AbortController();
  let taken = (): void => {};
  const signal = AbortSignal.any([stopping.signal, request]);
  signal.addEventListener('abort', () => taken(), { once: true });
  const encoder = new TextEncoder();
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
      controller?.enqueue(encoder.encode(text));
      resolve();
      if ((controller?.desiredSize ?? 0) > 0) return;
      const late = setTimeout(() => {
        stopping.abort(new SealtrailError('service_busy', 'the reader is too slow'));
      }, READER_MS);
      await pulled.finally(() => clearTimeout(late));
      signal.throwIfAborted();
    };
    jobs.run(job, { signal, onText }).then(
      () => {
        resolve();
        unlessGone(() => controller?.close());
      },
      (error: unknown) => {
        reject(error);
        if (!stopping.signal.aborted && !request.aborted) onFailed(error);
        unlessGone(() => controller?.error(new Error('the text ended early')));
      },
    );
  });
  return body;
}

/** A reader that goes as the text ends has closed the stream already: that must not end the process. */
function unlessGone(end: () => void): void {
  try {
    end();
  } catch {
    // Nobody is left to be told.
  }
}
