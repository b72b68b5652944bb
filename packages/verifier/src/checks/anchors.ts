import type { Hash } from '@sealtrail/format';
import type { Findings } from '../findings.ts';
import type { RawRow } from '../source.ts';
import { LinkChecker } from './links.ts';
import { type CheckedAnchor, checkAnchorRow } from './segment.ts';

/** Follows the chain of anchors: numbers without gap, `from` after the previous `to`, links, times. */
export class AnchorChain {
  readonly #tenant: string;
  #findings: Findings;
  readonly #links: LinkChecker;
  // Where the segment of each anchor that may still be blamed begins: the last two, once the link to the newest is judged.
  readonly #starts = new Map<number, number>();
  #number = -1;
  #to: number;
  #time = '';
  /** Hashes of anchors that the head may name: only the one with this number is kept. */
  readonly #wanted: number | null;
  #wantedHash: Hash | undefined;

  /** The first and the last anchor that was taken in turn. */
  first: CheckedAnchor | undefined;
  last: CheckedAnchor | undefined;
  // What starts in the middle takes the first anchor by whatever number it comes.
  #anywhere: boolean;
  /** Whether that one may have begun before the start. */
  readonly #midway: boolean;

  /**
   * @param wanted number of the anchor whose hash {@link hashOfWanted} shall return
   * @param from where the walk starts; beyond 0, the first anchor may have any number
   * @param start where the source starts: what starts with it starts with a segment
   */
  constructor(tenant: string, findings: Findings, wanted: number | null, from: number, start = 0) {
    this.#anywhere = from > 0;
    this.#midway = from > start;
    this.#to = from - 1;
    this.#tenant = tenant;
    this.#findings = findings;
    this.#wanted = wanted;
    this.#links = new LinkChecker((number) => {
      this.#findings.add({
        code: 'anchor_link_mismatch',
        position: this.#starts.get(number) ?? null,
        anchor: number,
        message: `anchor ${number} is not the one that its successor recorded`,
      });
    });
  }

  /** Tells whatever is wrong from now on to somebody else. */
  report(findings: Findings): void {
    this.#findings = findings;
  }

  /** Number of the last anchor taken; -1 before the first. */
  get number(): number {
    return this.#number;
  }

  /** The last position under the anchors taken so far; before the first, the one before the walk. */
  get to(): number {
    return this.#to;
  }

  get hashOfWanted(): Hash | undefined {
    return this.#wantedHash;
  }

  /** Takes the next stored anchor. Undefined when it cannot be used to check entries. */
  next(row: RawRow): CheckedAnchor | undefined {
    const checked = checkAnchorRow(row, this.#tenant, this.#to + 1, this.#findings);
    if (checked === undefined) return undefined;
    const { anchor, hash } = checked;
    if (this.#anywhere) {
      this.#anywhere = false;
      this.#number = anchor.number - 1;
      // It reaches into the walk, or begins with it: one that begins later has lost those before it.
      if (this.#midway) this.#to = Math.min(this.#to, anchor.from - 1);
    }
    // Where the chain says that it belongs; one out of turn only has its own word for that.
    const inTurn = anchor.number === this.#number + 1;
    const position = inTurn ? this.#to + 1 : Math.min(anchor.from, this.#to + 1);
    const place = { position, anchor: anchor.number };
    if (!inTurn) {
      this.#findings.add({
        code: 'anchor_gap',
        ...place,
        message: `anchor ${anchor.number} stands where anchor ${this.#number + 1} belongs`,
      });
    } else if (anchor.from !== this.#to + 1) {
      this.#findings.add({
        code: 'anchor_gap',
        ...place,
        message: `anchor ${anchor.number} begins at ${anchor.from}, the one before ended at ${this.#to}`,
      });
    }
    if (anchor.number <= this.#number) return undefined;
    if (anchor.time < this.#time) {
      this.#findings.add({
        code: 'time_decreasing',
        ...place,
        message: `anchor ${anchor.number} claims to be older than the one before`,
      });
    }
    this.#starts.set(anchor.number, position);
    this.#links.next(anchor.number, anchor.prev, hash);
    for (const number of this.#starts.keys()) if (number < anchor.number - 1) this.#starts.delete(number);
    if (anchor.number === this.#wanted) this.#wantedHash = hash;
    this.#number = anchor.number;
    this.#to = anchor.to;
    this.#time = anchor.time;
    this.first ??= checked;
    this.last = checked;
    return checked;
  }

  /** Ends the chain; the head's note of the newest anchor vouches for it. */
  end(newest: { readonly number: number; readonly hash: Hash } | undefined): void {
    const named = newest?.number === this.#number && newest.hash === this.#wantedHash;
    this.#links.end(named);
  }
}
