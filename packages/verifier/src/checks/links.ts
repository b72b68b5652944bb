import { type Hash, ZERO_HASH } from '@sealtrail/format';

interface Link {
  readonly number: number;
  readonly hash: Hash;
}

/**
 * Follows a chain of hashes and decides who is at fault where it does not hold (SPEC 9.1). A link joins a member to the
 * one before; when it fails, either of the two may have been changed. The next member is the witness: if it still
 * records the right hand's hash, the left hand was changed, otherwise the right hand.
 */
export class LinkChecker {
  readonly #blame: (number: number) => void;
  #last: Link | undefined;
  #failedLeft: number | undefined;

  /** @param blame called with the number of each member at fault, at the latest one member later */
  constructor(blame: (number: number) => void, start?: Link) {
    this.#blame = blame;
    this.#last = start;
  }

  /** The left hand of the link that failed and waits for its witness: it or its successor will be blamed. */
  get pending(): number | undefined {
    return this.#failedLeft;
  }

  /** Takes the next member. `prev` is undefined when its text could not be read: then nothing is known of its link. */
  next(number: number, prev: Hash | undefined, hash: Hash): void {
    const last = this.#last;
    const follows = last !== undefined && last.number + 1 === number && prev !== undefined;
    const holds = follows ? prev === last.hash : number !== 0 || prev === undefined || prev === ZERO_HASH;
    if (this.#failedLeft !== undefined) this.#decide(follows && holds);
    if (!holds) {
      if (follows) this.#failedLeft = last.number;
      else this.#blame(number);
    }
    this.#last = { number, hash };
  }

  /** Forgets the last member: what comes next cannot be linked to it. */
  interrupt(): void {
    if (this.#failedLeft !== undefined) this.#decide(false);
    this.#last = undefined;
  }

  /** Ends the chain; `vouched` says whether something outside it, such as the head, confirms the last member's hash. */
  end(vouched: boolean): void {
    if (this.#failedLeft !== undefined) this.#decide(vouched);
  }

  #decide(rightIsVouchedFor: boolean): void {
    const left = this.#failedLeft as number;
    this.#failedLeft = undefined;
    this.#blame(rightIsVouchedFor ? left : left + 1);
  }
}
