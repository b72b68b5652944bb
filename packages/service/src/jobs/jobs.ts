import { Worker } from 'node:worker_threads';
import { type ErrorCode, SealtrailError } from '@sealtrail/format';
import type { Progress } from '@sealtrail/verifier';
import type { Assignment, Job, Said, Told } from './job.ts';
import { type Place, Queue } from './queue.ts';

export interface JobOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Omit<Progress, 'tenant'>) => void) | undefined;
  /** Takes the text that the job writes; the job waits for it. */
  readonly onText?: ((text: string) => Promise<void>) | undefined;
}

/** How long a job may take to stop by itself, in milliseconds. */
const STOP_MS = 3_000;

/** Runs jobs in threads, some at once and the others in the order in which they came. */
export class Jobs {
  readonly #store: string;
  readonly #queue = new Queue();
  readonly #under = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(store: string) {
    this.#store = store;
  }

  /**
   * Takes a place for a job that is not to be refused once it was announced. It goes to `run`, or is given back.
   *
   * @param who the token or person that it is for
   * @throws SealtrailError `service_busy` when too many wait
   */
  enter(who: string): Place {
    return this.#queue.enter(who);
  }

  /**
   * Runs a job to its end.
   *
   * @param place the job's, or who it is for; given back at the end
   * @returns what the job returned
   * @throws SealtrailError as the job did; `service_busy` when too many wait; the signal's reason when aborted
   */
  run(job: Job, place: Place | string, options: JobOptions = {}): Promise<unknown> {
    const running = this.#run(job, place, options).finally(() => this.#under.delete(running));
    this.#under.add(running);
    return running;
  }

  async #run(job: Job, at: Place | string, { signal, ...options }: JobOptions): Promise<unknown> {
    const place = typeof at === 'string' ? this.enter(at) : at;
    try {
      const either = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
      await place.turn(either);
      return await inThread({ store: this.#store, job }, either, options);
    } finally {
      place.leave();
    }
  }

  /** Stops everything that is under way. */
  async close(): Promise<void> {
    this.#closing.abort(new SealtrailError('store_closed', 'the service is closed'));
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
        if (said.type === 'progress') onProgress?.(said);
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
