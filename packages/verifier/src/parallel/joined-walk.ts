import { type Hash, ZERO_HASH } from '@sealtrail/format';
import { Accounts } from '../checks/accounts.ts';
import type { CheckedAnchor } from '../checks/segment.ts';
import type { Part } from '../source.ts';
import type { Walked, WalkOutcome } from '../walk.ts';
import type { WalkJob } from '../walk-through.ts';
import type { PartResult } from './walk-part.ts';

/**
 * Parts that were walked side by side, put together in their order. What a walk carries from one entry to the next is compared
 * where they meet: position, link and time of the entries, and number, place, link and time of the anchors.
 */
export class JoinedWalk implements WalkOutcome {
  readonly from: number;
  readonly accounts: Accounts;
  readonly anchors: { number: number; to: number; hashOfWanted: Hash | undefined };
  walked = 0;
  /** Stored anchors that were met. */
  anchorRows = 0;
  openingsChecked = 0;
  segmentsChecked = 0;
  readonly segmentsPartial = 0;
  readonly unknownVersions = 0;
  anchoredTo: number | null;
  last: Walked | undefined;
  trustedSeen = false;
  // What the next part's first entry and anchor must follow; unknown when the walk begins in the middle of a log.
  #entry: { readonly seq: number; readonly hash: Hash; readonly time: string } | undefined;
  #anchor:
    | { readonly number: number; readonly to: number; readonly hash: Hash; readonly time: string }
    | undefined;

  constructor({ source, range, pruned }: Pick<WalkJob, 'source' | 'range' | 'pruned'>) {
    this.from = range.from;
    this.accounts = new Accounts(range.from, source.openings === 'included');
    const before = pruned?.anchors;
    this.anchors = {
      number: before?.number ?? -1,
      to: before?.to ?? range.from - 1,
      hashOfWanted: before?.hashOfWanted,
    };
    this.anchoredTo = before?.to ?? null;
    if (range.from === 0) {
      this.#entry = { seq: -1, hash: ZERO_HASH, time: '' };
      this.#anchor = { number: -1, to: -1, hash: ZERO_HASH, time: '' };
    }
    if (pruned !== undefined) {
      this.#entry = { seq: pruned.previous.number, hash: pruned.previous.hash, time: '' };
      this.#anchor = follow(pruned.anchors.last);
    }
  }

  /** Adds the next part. @returns false when it does not follow: then nothing here is of use any more */
  add(part: Part, result: PartResult): boolean {
    const { first, last, firstAnchor } = result;
    const entry = this.#entry;
    if (first.seq !== part.from || (part.to !== undefined && last.seq !== part.to)) return false;
    if (entry !== undefined) {
      if (first.seq !== entry.seq + 1 || first.prev !== entry.hash || first.time < entry.time) return false;
    }
    if (firstAnchor !== undefined && !this.#takes(firstAnchor)) return false;
    this.#entry = last;
    this.last = last;
    this.#anchor = follow(result.lastAnchor) ?? this.#anchor;
    if (result.lastAnchor !== undefined) {
      const { number, to } = result.lastAnchor.anchor;
      this.anchors.number = number;
      this.anchors.to = to;
    }
    this.anchors.hashOfWanted ??= result.hashOfWanted;
    this.walked += result.walked;
    this.anchorRows += result.anchors;
    this.openingsChecked += result.openingsChecked;
    this.segmentsChecked += result.segmentsChecked;
    this.anchoredTo = result.anchoredTo ?? this.anchoredTo;
    this.trustedSeen ||= result.trustedSeen;
    this.#account(result);
    return true;
  }

  /** In the middle of a log the first anchor may have any number, but one that begins later than the walk has lost those before it. */
  #takes(first: CheckedAnchor): boolean {
    return this.#anchor === undefined ? first.anchor.from <= this.from : follows(first, this.#anchor);
  }

  // What accounts for something stands after it, so all that is missing in a part may come first.
  #account({ missing, accounts }: PartResult): void {
    for (const [field, runs] of missing) {
      for (const [from, to] of runs) {
        for (let position = from; position <= to; position++) this.accounts.missing(position, field);
      }
    }
    for (const { type, text, position } of accounts) this.accounts.take(type, () => text, position);
  }

  /** Nothing is left to be judged: no part was taken in which a link waited for its witness. */
  endOfEntries(): void {}

  /** As {@link endOfEntries}. */
  finish(): void {}
}

function follow(checked: CheckedAnchor | undefined) {
  if (checked === undefined) return undefined;
  const { anchor, hash } = checked;
  return { number: anchor.number, to: anchor.to, hash, time: anchor.time };
}

function follows({ anchor }: CheckedAnchor, before: NonNullable<ReturnType<typeof follow>>): boolean {
  return (
    anchor.number === before.number + 1 &&
    anchor.from === before.to + 1 &&
    anchor.prev === before.hash &&
    anchor.time >= before.time
  );
}
