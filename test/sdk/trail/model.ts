import { MINUTE } from './world.ts';

// What should happen, said without a log: the rules of a proposal's life, in the plainest form.

export type Status = 'pending' | 'approved' | 'rejected' | 'expired' | 'superseded' | 'executed' | 'failed';

interface Click {
  readonly which: number;
  readonly person: 0 | 1;
}

export type Operation =
  | { readonly do: 'propose'; readonly free: boolean }
  | ({ readonly do: 'approve' } & Click)
  | ({ readonly do: 'reject' } & Click)
  | ({ readonly do: 'edit' } & Click)
  | {
      readonly do: 'many';
      readonly which: readonly number[];
      readonly reject: boolean;
      readonly person: 0 | 1;
    }
  | { readonly do: 'supersede'; readonly which: number; readonly by: number }
  | { readonly do: 'execute'; readonly which: number; readonly fails: boolean; readonly otherInput: boolean }
  | { readonly do: 'grant'; readonly person: 0 | 1 }
  | { readonly do: 'revoke'; readonly person: 0 | 1 }
  | { readonly do: 'wait'; readonly minutes: number };

export const LIFETIME = 10 * MINUTE;

interface Modelled {
  status: Status;
  readonly free: boolean;
  readonly expires: number;
  /** The grant that approved it. */
  readonly grant: number | undefined;
  stage: string;
  /** Whether somebody decided about it, or put another one in its place. */
  decided: boolean;
  /** The proposal that superseded it. */
  successor?: number;
}

/** The result that a caller must see: `ok`, or the code of the error. */
export class Model {
  readonly proposals: Modelled[] = [];
  #grants = 0;
  #granted = false;
  #revoked = new Set<number>();

  propose(free: boolean, now: number): Status {
    const grant = this.#granted && !free ? this.#grants : undefined;
    const status = free || grant !== undefined ? 'approved' : 'pending';
    this.proposals.push({ status, free, expires: now + LIFETIME, grant, stage: 'won', decided: false });
    return status;
  }

  /** Time that is up is noticed by whoever looks next. */
  #look(which: number, now: number): Modelled {
    const one = this.proposals[which] as Modelled;
    if (one.status === 'pending' && now > one.expires) one.status = 'expired';
    return one;
  }

  #isOpen(one: Modelled): boolean {
    // What needs no approval is open until it runs.
    return one.status === 'pending' || (one.free && one.status === 'approved' && !one.decided);
  }

  decide(which: number, to: 'approved' | 'rejected', stage: string | undefined, now: number): string {
    const one = this.#look(which, now);
    if (!this.#isOpen(one)) return one.status === 'expired' ? 'proposal_expired' : 'decision_stale';
    one.status = to;
    one.decided = true;
    if (stage !== undefined) one.stage = stage;
    return 'ok';
  }

  many(which: readonly number[], to: 'approved' | 'rejected', now: number): readonly number[] {
    return which.filter((each) => this.decide(each, to, undefined, now) === 'ok');
  }

  supersede(which: number, by: number): string {
    const one = this.proposals[which] as Modelled;
    // Said once more, it is what the log has.
    if (one.successor === by) return 'ok';
    // Nobody looked at the clock: the successor may come at any time before a decision.
    if (!this.#isOpen(one)) return 'decision_stale';
    one.status = 'superseded';
    one.successor = by;
    return 'ok';
  }

  execute(which: number, fails: boolean, otherInput: boolean, now: number): string {
    const one = this.#look(which, now);
    if (one.status === 'executed' || one.status === 'failed') return 'already_executed';
    const revoked = one.grant !== undefined && this.#revoked.has(one.grant);
    if (one.status !== 'approved' || revoked) return 'not_approved';
    if (otherInput) return 'args_mismatch';
    one.status = fails ? 'failed' : 'executed';
    return fails ? 'it failed' : `ok ${one.stage}`;
  }

  grant(): void {
    if (!this.#granted) this.#grants++;
    this.#granted = true;
  }

  revoke(): string {
    if (this.#grants === 0) return 'grant_unknown';
    if (this.#granted) this.#revoked.add(this.#grants);
    this.#granted = false;
    return 'ok';
  }
}
