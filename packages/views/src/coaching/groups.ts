import { isReference } from '@sealtrail/format';
import type { ProposalRow } from '../proposal-row.ts';
import { Counter, type Counts } from './counts.ts';

/** Values that are counted apart; a log with more of them must not need more memory. */
export const MAX_GROUPS = 1_000;

/** Counts for each value, those with the most proposals first. */
export interface Groups {
  readonly groups: readonly { readonly value: string; readonly counts: Counts }[];
  /** What belongs to none of the first 1,000 values, or to a value that no reference can be; absent when there is nothing. */
  readonly others?: Counts;
}

export class Grouped {
  readonly #groups = new Map<string, Counter>();
  readonly #others = new Counter();

  add(value: string, row: ProposalRow): void {
    const isNew = !this.#groups.has(value);
    const isOver = isNew && (this.#groups.size === MAX_GROUPS || !isReference(value));
    const counter = isOver ? this.#others : (this.#groups.get(value) ?? new Counter());
    if (isNew && !isOver) this.#groups.set(value, counter);
    counter.add(row);
  }

  get groups(): Groups {
    const groups = [...this.#groups]
      .map(([value, counter]) => ({ value, counts: counter.counts }))
      .sort((a, b) => b.counts.proposals - a.counts.proposals || (a.value < b.value ? -1 : 1));
    const others = this.#others.counts;
    return { groups, ...(others.proposals === 0 ? {} : { others }) };
  }
}
