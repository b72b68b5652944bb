import { isReference } from '@sealtrail/format';
import { z } from 'zod';
import type { ProposalRow } from '../proposal-row.ts';
import { period } from '../query/filter.ts';
import { Counter, type Counts, isDecidedByPerson } from './counts.ts';
import { Grouped, type Groups, MAX_GROUPS } from './groups.ts';
import { Histogram, PRECISION } from './histogram.ts';

const reference = z.custom<string>(isReference, '1 to 256 bytes without control characters');

export const coachingQuery = z.strictObject({
  ...period,
  agent: reference.optional(),
  action: reference.optional(),
  /** Proposals that this person decided. */
  person: reference.optional(),
});
/** Which proposals are counted: those that were made from `since` on and before `until`. */
export type CoachingQuery = z.input<typeof coachingQuery>;

/**
 * Counts of what happened to proposals. They describe, and nothing in them weighs one person against another: a high share of
 * rejections may be a careful person or a poor agent.
 */
export interface Coaching {
  readonly total: Counts;
  readonly by_agent: Groups;
  readonly by_action: Groups;
  /** By the person who decided in time; proposals that no person decided are in none of them. */
  readonly by_person: Groups;
  /** How often a field was edited, where entries name the fields, most often first. */
  readonly edited_fields: readonly { readonly field: string; readonly count: number }[];
  /** Edits of fields beyond the first 1,000 names, or under names that no reference can be. */
  readonly edited_fields_others: number;
  /** From the proposal to a person's decision. */
  readonly time_to_decision: Durations;
  /** From the first showing to a person's decision, where a showing is recorded. */
  readonly time_from_showing: Durations;
  /** Ten tenths of the confidence that agents gave; the last one includes 1. */
  readonly confidence: readonly { readonly from: number; readonly to: number; readonly counts: Counts }[];
  /** Proposals without a confidence from 0 to 1. */
  readonly without_confidence: Counts;
}

/** Milliseconds, `null` when there are none; off by at most `precision` of the value. */
export interface Durations {
  readonly count: number;
  readonly median_ms: number | null;
  readonly p90_ms: number | null;
  readonly precision: number;
}

/** Adds proposals up, one at a time, in memory that does not grow with their number. */
export class Tally {
  readonly #total = new Counter();
  readonly #agents = new Grouped();
  readonly #actions = new Grouped();
  readonly #persons = new Grouped();
  readonly #fields = new Map<string, number>();
  #fieldsOthers = 0;
  readonly #toDecision = new Histogram();
  readonly #fromShowing = new Histogram();
  readonly #confidence = Array.from({ length: 10 }, () => new Counter());
  readonly #withoutConfidence = new Counter();

  add(row: ProposalRow): void {
    const { created, decided, presented_time } = row;
    if (created === undefined) return;
    this.#total.add(row);
    if (created.agent !== undefined) this.#agents.add(created.agent, row);
    if (created.facts.action !== undefined) this.#actions.add(created.facts.action, row);
    this.#bucket(created.facts.confidence).add(row);
    if (decided?.person === undefined || !isDecidedByPerson(row)) return;
    this.#persons.add(decided.person, row);
    this.#toDecision.add(between(created.time, decided.time));
    if (presented_time !== undefined) this.#fromShowing.add(between(presented_time, decided.time));
    // A name is counted once for each decision, however often its writer gave it.
    if (row.outcome === 'edited')
      for (const field of new Set(decided.facts.edited_fields)) this.#edited(field);
  }

  #bucket(confidence: number | undefined): Counter {
    const isShare = confidence !== undefined && confidence >= 0 && confidence <= 1;
    const tenth = isShare ? Math.min(9, Math.floor(confidence * 10)) : -1;
    return this.#confidence[tenth] ?? this.#withoutConfidence;
  }

  #edited(field: string): void {
    const known = this.#fields.get(field);
    const isOver = known === undefined && (this.#fields.size === MAX_GROUPS || !isReference(field));
    if (isOver) this.#fieldsOthers++;
    else this.#fields.set(field, (known ?? 0) + 1);
  }

  get result(): Coaching {
    return {
      total: this.#total.counts,
      by_agent: this.#agents.groups,
      by_action: this.#actions.groups,
      by_person: this.#persons.groups,
      edited_fields: [...this.#fields]
        .map(([field, count]) => ({ field, count }))
        .sort((a, b) => b.count - a.count || (a.field < b.field ? -1 : 1)),
      edited_fields_others: this.#fieldsOthers,
      time_to_decision: durations(this.#toDecision),
      time_from_showing: durations(this.#fromShowing),
      confidence: this.#confidence.map((counter, i) => ({
        from: i / 10,
        to: (i + 1) / 10,
        counts: counter.counts,
      })),
      without_confidence: this.#withoutConfidence.counts,
    };
  }
}

/** Milliseconds; an order that only another writer's entries can have counts as none. */
function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

function durations(histogram: Histogram): Durations {
  return {
    count: histogram.count,
    median_ms: histogram.quantile(0.5),
    p90_ms: histogram.quantile(0.9),
    precision: PRECISION,
  };
}
