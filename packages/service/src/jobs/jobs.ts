import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, SealtrailError } from '@sealtrail/format';
import type { Assignment, Job, Said, Told } from './job.ts';

export interface JobOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((walked: number, total: number | null) => void) | undefined;
  /** Takes the text that the job writes; the job waits for it. */
  readonly onText?: ((text: string) => Promise<void>) | undefined;
}

/** Threads at once: a proof or an export does not wait for a long verification, and the server keeps its part of the cores. */
const THREADS = Math.max(2, Math.min(4, availableParallelism() - 1));
/** Jobs that may wait for a thread. */
const MAX_WAITING = 16;
/** How long a job may take to stop by itself, in milliseconds. */
const STOP_MS = 3_000;

/** Runs jobs in threads, some at once and the others in the order in which they came. */
export class Jobs {
  readonly #store: string;
  readonly #waiting: (() => void)[] = [];
  readonly #under = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  #busy = 0;

  constructor(store: string) {
    this.#store = store;
  }

  /**
   * Runs a job to its end.
   *
   * @returns what the job returned
   * @throws SealtrailError as the job did; `service_busy` when too many wait; the signal's reason when aborted
   */
  run(job: Job, options: JobOptions = {}): Promise<unknown> {
    const running = this.#run(job, options).finally(() => this.#under.delete(running));
    this.#under.add(running);
    return running;
  }

  async #run(job: Job, { signal, ...options }: JobOptions): Promise<unknown> {
    await this.#turn();
    try {
      const either = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
      either.throwIfAborted();
      return await inThread({ store: this.#store, job }, either, options);
    } finally {
      // Whoever waits longest takes this one's place: nobody slips in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy--;
      else next();
    }
  }

  async #turn(): Promise<void> {
    if (this.#busy < THREADS) {
      this.#busy++;
      return;
    }
    if (this.#waiting.length >= MAX_WAITING) {
      throw new SealtrailError('service_busy', 'too many long requests are waiting: try again later');
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Stops everything that is under way. */
  async close(): Promise<void> {
    this.#closing.abort(new SealtrailError('store_closed', 'the service is closed'));
    for (const go of this.#waiting.splice(0)) go();
    await Promise.allSettled(this.#under);
  }
}

async function inThread(
  workerData: Assignment,
  signal: AbortSignal,
  { onProgress, onText }: Omit<JobOptions, 'signal'>,
): Promise<unknown> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
  const tell = (told: Told): void => worker.postMessage(told);
  let ended = false;
  let killing: NodeJS.Timeout | undefined;
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const stop = (): void => {
    tell('stop');
    killing ??= setTimeout(() => void worker.terminate(), STOP_MS);
  };
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (said: Said) => {
        if (said.type === 'progress') onProgress?.(said.walked, said.total);
        else if (said.type === 'chunk') {
          const taken = onText === undefined ? Promise.resolve() : onText(said.text);
          taken.then(
            () => tell('next'),
            (error) => {
              reject(error);
              stop();
            },
          );
        } else {
          ended = true;
          if (said.type === 'done') resolve(said.value);
          else reject(errorOf(said));
        }
      });
      worker.once('error', reject);
      worker.once('exit', () => {
        if (!ended) reject(new Error('the thread ended before its job'));
      });
      const abort = (): void => {
        reject(signal.reason);
        stop();
      };
      if (signal.aborted) abort();
      else {
        signal.addEventListener('abort', abort, { once: true });
        worker.once('exit', () => signal.removeEventListener('abort', abort));
      }
    });
  } finally {
    // The thread's slot is free only when its connections are closed.
    await exited;
    clearTimeout(killing);
  }
}

function errorOf({ code, message }: Extract<Said, { type: 'failed' }>): Error {
  return code === null ? new Error(message) : new SealtrailError(code as ErrorCode, message);
}
