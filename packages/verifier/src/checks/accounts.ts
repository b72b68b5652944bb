import {
  ERASED_TYPE,
  type PrunedData,
  RETENTION_PRUNED,
  Runs,
  readErased,
  readRetention,
} from '@sealtrail/format';
import type { Findings } from '../findings.ts';

/** Up to where a log was pruned, and the anchor that ends there. */
export type Pruning = Pick<PrunedData, 'to' | 'anchor'>;

/**
 * Holds what is missing against the entries that account for it (SPEC 16 and 17). They stand later in the log than what they
 * account for, so what is missing waits, as runs of positions: its memory follows how scattered erasures are, not the log.
 */
export class Accounts {
  /** Values that are missing and not accounted for yet, by field. */
  readonly #missing = new Map<string, Runs>();
  /** Positions that no account has named yet, by field: accounts may repeat each other, and themselves. */
  readonly #unnamed = new Map<string, Runs>();
  /** Values that are missing and accounted for. */
  erased = 0;
  /** Values that are said to be erased, but are still there: the erasure was interrupted. */
  unfinished = 0;
  /** What entries say was pruned. It counts once the anchors that they name were looked at. */
  readonly prunings: Pruning[] = [];
  /** The last position that is accounted for as pruned. */
  prunedTo = -1;

  readonly #start: number;
  readonly #values: boolean;

  /**
   * @param start the first position that is looked at
   * @param values whether values are there to be looked at
   */
  constructor(start: number, values: boolean) {
    this.#start = start;
    this.#values = values;
  }

  /** A value that is not there any more. Positions come in ascending order. */
  missing(position: number, field: string): void {
    let runs = this.#missing.get(field);
    if (runs === undefined) {
      runs = new Runs();
      this.#missing.set(field, runs);
    }
    runs.push(position);
  }

  /** What is missing and not accounted for yet, by field. */
  get open(): ReadonlyMap<string, Runs> {
    return this.#missing;
  }

  /**
   * Takes an entry that may account for something.
   *
   * @param text gives the entry's text, which hash and chain vouch for
   * @param position where it stands
   */
  take(type: string, text: () => string, _position: number): void {
    if (type === ERASED_TYPE) this.#takeErased(text());
    else if (type === RETENTION_PRUNED) {
      const event = readRetention(text());
      if (event?.kind === 'pruned') this.prunings.push(event.pruned);
    }
  }

  #takeErased(text: string): void {
    for (const { fields, at } of readErased(text)?.values ?? []) {
      for (const field of fields) {
        for (const [from, to] of at) {
          const taken = this.#missing.get(field)?.take(from, to) ?? 0;
          this.erased += taken;
          // Of what is not looked at, nobody knows.
          if (this.#values) this.unfinished += this.#unnamedOf(field).take(from, to) - taken;
        }
      }
    }
  }

  #unnamedOf(field: string): Runs {
    let runs = this.#unnamed.get(field);
    if (runs === undefined) {
      runs = new Runs();
      runs.push(this.#start, Number.MAX_SAFE_INTEGER);
      this.#unnamed.set(field, runs);
    }
    return runs;
  }

  /** Reports what nothing accounted for. */
  end(findings: Findings): void {
    for (const [field, runs] of this.#missing) {
      for (const [from, to] of runs) {
        for (let position = from; position <= to; position++) {
          findings.add({
            code: 'opening_missing',
            position,
            message: `the sealed value "${field}" of entry ${position} is gone, and nothing accounts for it`,
          });
        }
      }
    }
  }

  /** How many values are missing and not accounted for so far. */
  get waiting(): number {
    let n = 0;
    for (const runs of this.#missing.values()) for (const [from, to] of runs) n += to - from + 1;
    return n;
  }
}
