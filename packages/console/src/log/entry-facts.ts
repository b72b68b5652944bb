import { commit, entryHash } from '@sealtrail/format';
import type { ViewEntry } from '@sealtrail/views';
import type { StoredEntry } from '../api/answers.ts';
import { shownOtherwise, valuesOtherwise } from './shown.ts';

/** One thing that was computed in this page. `null`: it could not be, and `words` say why. */
export interface Fact {
  readonly good: boolean | null;
  readonly words: string;
}

/** Computes again what one stored entry claims, from its raw text. @param shown the entry as the page shows it */
export function factsOfStored(stored: StoredEntry, tenant: string, shown: ViewEntry): Fact[] {
  const { bytes, hash, openings, around, fault } = stored;
  const computed = entryHash(bytes);
  const entry: unknown = jsonOf(bytes);
  const { prev, sealed } = Object(entry) as { prev?: unknown; sealed?: unknown };
  const before = around.find(({ seq }) => seq === stored.seq - 1);
  const after = around.find(({ seq }) => seq === stored.seq + 1);
  const facts: Fact[] = [
    computed === hash && hash === shown.hash
      ? { good: true, words: 'The hash of its text is the recorded one.' }
      : { good: false, words: `The hash of its text is ${computed}, not the recorded one.` },
  ];
  const others = [
    ...shownOtherwise(bytes, tenant, shown),
    ...(fault === undefined ? valuesOtherwise(openings, shown) : []),
  ];
  facts.push(
    others.length === 0
      ? { good: true, words: 'What is shown of it is what it says.' }
      : { good: false, words: `Shown otherwise than it says: ${others.join(', ')}.` },
  );
  if (before !== undefined) {
    const good = prev === entryHash(before.bytes);
    facts.push({
      good,
      words: good
        ? 'It records the content of the entry before.'
        : 'It recorded another content of the entry before.',
    });
  }
  if (after !== undefined) {
    const good = Object(jsonOf(after.bytes)).prev === computed;
    facts.push({
      good,
      words: good
        ? 'The next entry records this content.'
        : 'The next entry recorded another content of this one.',
    });
  }
  if (fault !== undefined) facts.push({ good: false, words: 'Its sealed values cannot be read.' });
  if (openings.length > 0) {
    const bad = openings.filter(({ field, salt, value }) => !isCommitted(salt, value, Object(sealed)[field]));
    facts.push(
      bad.length === 0
        ? {
            good: true,
            words: `${openings.length === 1 ? 'Its sealed value is' : 'Its sealed values are'} what the entry committed to.`,
          }
        : {
            good: false,
            words: `Not what the entry committed to: ${bad.map(({ field }) => field).join(', ')}.`,
          },
    );
  }
  return facts;
}

function isCommitted(salt: string, value: unknown, commitment: unknown): boolean {
  try {
    return commit(salt, value) === commitment;
  } catch {
    return false;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
