import type { JsonValue } from '@sealtrail/format';
import { isSealtrailError } from '@sealtrail/format';
import { AuthenticatedUser } from '../../person.ts';
import { isSame } from '../../trail/allowed.ts';
import type { Trail } from '../../trail/trail.ts';

/** Why an answer had no effect. */
export type Refused = 'decision_stale' | 'proposal_expired';

/** What a person answered about a call, as a framework brings it. */
export interface Answer {
  readonly proposal: string;
  readonly approved: boolean;
  /** All that was said: by this one answer is told from another one about the same call. */
  readonly said: unknown;
  /** Whether nothing but yes or no was said, so that it may be a part of a bulk decision. */
  readonly plain: boolean;
}

/** How answers become clicks. */
export interface Clicks<A extends Answer> {
  readonly by: AuthenticatedUser;
  readonly channel?: string | undefined;
  batch(decision: 'approved' | 'rejected', proposals: readonly string[]): string;
  /** Decides by one answer. @param nth how many others there were before about the same call */
  decide(answer: A, nth: number): Promise<unknown>;
}

/**
 * Records answers that were given together. Of several about one call the first counts; the same one again is no other, and one that
 * says something else comes too late. Plain ones are one bulk decision.
 *
 * @returns why each of them had no effect, undefined if it had
 * @throws SealtrailError `actor_refused`
 */
export async function decideAnswers<A extends Answer>(
  trail: Trail,
  answers: readonly A[],
  clicks: Clicks<A>,
): Promise<(Refused | undefined)[]> {
  // Before a click gets its id, which is made of theirs.
  if (answers.length > 0) AuthenticatedUser.actorOf(clicks.by);
  const firsts = new Map<string, A>();
  for (const answer of answers) if (!firsts.has(answer.proposal)) firsts.set(answer.proposal, answer);
  const refused = new Map<A, Refused | undefined>();
  for (const decision of ['approved', 'rejected'] as const) {
    const bulk = [...firsts.values()].filter(
      ({ approved, plain }) => plain && approved === (decision === 'approved'),
    );
    if (bulk.length < 2) continue;
    const ids = bulk.map(({ proposal }) => proposal);
    const { by, channel } = clicks;
    const batch = clicks.batch(decision, ids.toSorted());
    const { stale } = await trail.decideMany(ids, { by, decision, batch, channel });
    const late = new Map(stale.map(({ proposal, status }) => [proposal, status]));
    for (const answer of bulk) {
      const status = late.get(answer.proposal);
      const why = status === 'expired' ? 'proposal_expired' : 'decision_stale';
      refused.set(answer, status === undefined ? undefined : why);
    }
  }
  const before = new Map<string, A[]>();
  for (const answer of answers) {
    const others = before.get(answer.proposal) ?? [];
    const same = others.find(({ said }) => isSame(answer.said, said as JsonValue));
    if (same !== undefined) refused.set(answer, refused.get(same));
    else {
      if (!refused.has(answer)) refused.set(answer, await refusalOf(clicks.decide(answer, others.length)));
      before.set(answer.proposal, [...others, answer]);
    }
  }
  return answers.map((answer) => refused.get(answer));
}

/** The refusals that are an answer to the person; everything else fails the run. */
async function refusalOf(decided: Promise<unknown>): Promise<Refused | undefined> {
  try {
    await decided;
    return undefined;
  } catch (error) {
    for (const code of ['decision_stale', 'proposal_expired'] as const) {
      if (isSealtrailError(error, code)) return code;
    }
    throw error;
  }
}
