import { useState } from 'react';

const PAGE = 50;
/** Entries that are shown above the one that was asked for. */
const ABOVE = 10;

/** A way to other pages; undefined where there are none. */
type Step = (() => void) | undefined;

export interface Pages {
  /** What the service is asked for. */
  readonly parameters: {
    readonly limit: number;
    readonly to: number | undefined;
    readonly cursor: string | undefined;
  };
  /** Whether this is the page that was shown first. */
  readonly isFirst: boolean;
  /** @param end the last position of the log, when it is known */
  newer(end: number | undefined): Step;
  /** @param next the cursor that came with this page */
  older(next: string | undefined): Step;
}

/**
 * Pages from the newest entry on, or from some entries above the one that was asked for: a page is found from its cursor or position
 * alone, however long the log is.
 */
export function usePages(opened: number | undefined): Pages {
  const begin = opened === undefined ? undefined : opened + ABOVE;
  const [top, setTop] = useState(begin);
  const [cursors, setCursors] = useState<readonly string[]>([]);
  return {
    parameters: { limit: PAGE, to: top, cursor: cursors.at(-1) },
    isFirst: top === begin && cursors.length === 0,
    newer: (end) => {
      if (cursors.length > 0) return () => setCursors(cursors.slice(0, -1));
      if (top === undefined || end === undefined || top >= end) return undefined;
      return () => setTop(top + PAGE >= end ? undefined : top + PAGE);
    },
    older: (next) => (next === undefined ? undefined : () => setCursors([...cursors, next])),
  };
}
