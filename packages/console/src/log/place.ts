import type { ViewEntry } from '@sealtrail/views';
import type { Parameters } from '../api/queries.ts';
import type { Asked } from '../parts/asked.tsx';

// The page of a log that one looks at, as the address has it: by positions, which stay what they are while the log grows.

const PAGE = 50;
/** Entries that are shown above the one that was asked for. */
const ABOVE = 10;
const POSITION = /^\d{1,15}$/;

/** What the address of a log may say. */
export const RULES = {
  q: /./s,
  entry: POSITION,
  before: /^[1-9]\d{0,14}$/,
  after: POSITION,
  cursor: /^[\w-]{1,200}$/,
} as const;

/** Which entries there are on a page: those around one, before or after a position, or the newest. */
export interface Place {
  readonly entry?: number | undefined;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  /** Where a page without entries ended: for one page, the service looks at so many and no more. */
  readonly cursor?: string | undefined;
}

export function placeOf({ entry, before, after, cursor }: Asked<keyof typeof RULES>['values']): Place {
  const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return { entry: numberOf(entry), before: numberOf(before), after: numberOf(after), cursor };
}

/** The position that a page begins below; undefined for the newest one. */
function topOf({ entry, before }: Place): number | undefined {
  if (entry === undefined) return before;
  return Math.min(entry + ABOVE + 1, before ?? Number.POSITIVE_INFINITY);
}

/** Whether a page is filled from its lowest entry upwards. */
const isUpwards = (place: Place): boolean => place.after !== undefined && topOf(place) === undefined;

/** @param filter the parameters of what is looked for, which may have bounds of its own */
export function questionOf(
  place: Place,
  { from, to, ...filter }: Readonly<Record<string, string>>,
): Parameters {
  const [top, { after, cursor }] = [topOf(place), place];
  const lowest = [...(from === undefined ? [] : [Number(from)]), ...(after === undefined ? [] : [after + 1])];
  const highest = [...(to === undefined ? [] : [Number(to)]), ...(top === undefined ? [] : [top - 1])];
  return {
    ...filter,
    limit: PAGE,
    from: lowest.length === 0 ? undefined : Math.max(...lowest),
    to: highest.length === 0 ? undefined : Math.min(...highest),
    order: isUpwards(place) ? 'oldest' : undefined,
    cursor,
  };
}

/** What came of such a question. */
interface Found {
  readonly entries: readonly ViewEntry[];
  /** Where to go on in the same direction. */
  readonly next?: string | undefined;
}

/** The newest first, in whichever order they were asked for. */
export const newestFirst = <F extends Found>(found: F): F => ({
  ...found,
  entries: [...found.entries].sort((one, other) => other.seq - one.seq),
});

/**
 * The pages beside one; undefined where there is nothing more.
 *
 * @param log the first and the last position that are stored, when they are known
 */
export function beside(
  place: Place,
  { entries, next }: Found,
  log: { readonly first: number; readonly last: number } | undefined,
): { readonly newer: Place | undefined; readonly older: Place | undefined } {
  const [first, last] = [entries[0]?.seq, entries.at(-1)?.seq];
  const [top, { after }] = [topOf(place), place];
  if (after !== undefined && top === undefined) {
    const isLast = last !== undefined && log !== undefined && last <= log.first;
    return {
      newer:
        next === undefined ? undefined : first === undefined ? { after, cursor: next } : { after: first },
      older: isLast ? undefined : { before: last ?? after + 1 },
    };
  }
  const isNewest =
    (top === undefined && place.cursor === undefined) ||
    (first !== undefined && log !== undefined && first >= log.last);
  return {
    newer: isNewest
      ? undefined
      : first !== undefined
        ? { after: first }
        : top === undefined
          ? {}
          : { after: top - 1 },
    older:
      next === undefined
        ? undefined
        : last === undefined
          ? { before: top, after, cursor: next }
          : { before: last },
  };
}
