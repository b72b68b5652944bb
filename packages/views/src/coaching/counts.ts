import type { ProposalRow } from '../proposal-row.ts';

const ENDS = [
  'approved',
  'edited',
  'rejected',
  'auto_approved',
  'auto_denied',
  'expired',
  'superseded',
] as const;

type End = (typeof ENDS)[number];

/**
 * Numbers of proposals. Each is counted under exactly one of the seven ends, `pending` and `without_decision`; besides, under
 * `executing`, `executed` or `failed` once that is recorded.
 */
export interface Counts extends Readonly<Record<End, number>> {
  readonly proposals: number;
  readonly pending: number;
  /** None was needed, or an execution is recorded without one. */
  readonly without_decision: number;
  /** Decisions of a person, in time: approved, edited, rejected. */
  readonly decided_by_person: number;
  /** Those of them that were made as one of many. */
  readonly bulk: number;
  /** `bulk` as a share of `decided_by_person`, 0 to 1; null when there are none. */
  readonly bulk_share: number | null;
  readonly executing: number;
  readonly executed: number;
  readonly failed: number;
}

/** What became of a proposal's waiting. */
function endOf({ status, outcome }: ProposalRow): End | 'pending' | 'without_decision' {
  const end = ENDS.find((one) => one === outcome);
  return end ?? (status === 'pending' ? 'pending' : 'without_decision');
}

/** Whether a person decided, and in time. */
export function isDecidedByPerson({ decided, outcome }: ProposalRow): boolean {
  return (
    decided?.person !== undefined &&
    (outcome === 'approved' || outcome === 'edited' || outcome === 'rejected')
  );
}

export class Counter {
  readonly #counts = Object.fromEntries(
    [...ENDS, 'pending', 'without_decision', 'executing', 'executed', 'failed'].map((name) => [name, 0]),
  ) as Record<End | 'pending' | 'without_decision' | 'executing' | 'executed' | 'failed', number>;
  #proposals = 0;
  #byPerson = 0;
  #bulk = 0;

  add(row: ProposalRow): void {
    this.#proposals++;
    this.#counts[endOf(row)]++;
    const { status } = row;
    if (status === 'executing' || status === 'executed' || status === 'failed') this.#counts[status]++;
    if (!isDecidedByPerson(row)) return;
    this.#byPerson++;
    if (row.decided?.facts.mode === 'bulk') this.#bulk++;
  }

  get counts(): Counts {
    return {
      proposals: this.#proposals,
      ...this.#counts,
      decided_by_person: this.#byPerson,
      bulk: this.#bulk,
      bulk_share: this.#byPerson === 0 ? null : this.#bulk / this.#byPerson,
    };
  }
}
