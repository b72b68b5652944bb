import { availableParallelism } from 'node:os';
import { SealtrailError } from '@sealtrail/format';

/** Threads at once: a proof or an export does not wait for a long verification, and the server keeps its part of the cores. */
const THREADS = Math.max(3, Math.min(4, availableParallelism() - 1));
/** Threads of one token or person: one is always left for somebody else. */
const THREADS_OF_ONE = THREADS - 1;
/** Jobs that may wait for a thread. */
const MAX_WAITING = 16;
/** Waiting jobs of one token or person. */
const MAX_WAITING_OF_ONE = 8;

/** A place in the queue for a thread. Whoever has one is not refused any more, and has to give it back. */
export interface Place {
  /** Waits for the thread. @throws the signal's reason when aborted */
  turn(signal: AbortSignal): Promise<void>;
  /** Gives the place back, with its thread if it had its turn. Does nothing the second time. */
  leave(): void;
}

interface Waiter {
  readonly who: string;
  readonly go: () => void;
}

/** Who may use a thread next: in the order in which they came, as long as nobody takes all of them. */
export class Queue {
  readonly #waiting: Waiter[] = [];
  /** By whoever asked, how many threads work for them. */
  readonly #working = new Map<string, number>();

  /**
   * @param who the token or person that it is for
   * @throws SealtrailError `service_busy` when too many wait
   */
  enter(who: string): Place {
    let hasTurn = false;
    let given = (): void => {};
    const turn = new Promise<void>((resolve) => {
      given = resolve;
    });
    const waiter: Waiter = {
      who,
      go: () => {
        hasTurn = true;
        given();
      },
    };
    if (!this.#mayWork(who)) this.#requireRoom(who);
    this.#waiting.push(waiter);
    this.#letIn();
    let left = false;
    return {
      turn: (signal) => unlessAborted(turn, signal),
      leave: () => {
        if (left) return;
        left = true;
        if (hasTurn) this.#count(who, -1);
        else this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        this.#letIn();
      },
    };
  }

  #mayWork(who: string): boolean {
    let busy = 0;
    for (const threads of this.#working.values()) busy += threads;
    return busy < THREADS && (this.#working.get(who) ?? 0) < THREADS_OF_ONE;
  }

  #requireRoom(who: string): void {
    const own = this.#waiting.filter((one) => one.who === who).length;
    if (this.#waiting.length < MAX_WAITING && own < MAX_WAITING_OF_ONE) return;
    throw new SealtrailError('service_busy', 'too many long requests are waiting: try again later');
  }

  #letIn(): void {
    for (;;) {
      const at = this.#waiting.findIndex(({ who }) => this.#mayWork(who));
      const [next] = at === -1 ? [] : this.#waiting.splice(at, 1);
      if (next === undefined) return;
      this.#count(next.who, 1);
      next.go();
    }
  }

  #count(who: string, change: number): void {
    const threads = (this.#working.get(who) ?? 0) + change;
    if (threads === 0) this.#working.delete(who);
    else this.#working.set(who, threads);
  }
}

function unlessAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void turn.then(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
  });
}
