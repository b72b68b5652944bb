import { isPosition } from '@sealtrail/format';
import type { LogReader, Part, WalkRange } from '../source.ts';

/** The first and last position of a stored log, in the order of its store, and the position that its head names. */
export interface Ends {
  readonly low: unknown;
  readonly high: unknown;
  readonly head: number;
}

/**
 * Cuts a walk over a store where its anchors end, and behind the last one anywhere. Nothing is believed: a cut in the wrong place
 * is noticed where the parts are put together. But what no range of positions reaches must not be there.
 *
 * @returns none when it is too short, and for rows that only a walk without bounds meets: positions that are none, anchors out of their row
 */
export async function planParts(
  log: Pick<LogReader, 'anchors'>,
  { from, to = Number.MAX_SAFE_INTEGER }: WalkRange,
  { low, high, head }: Ends,
  size: number,
): Promise<readonly Part[]> {
  // Null sorts before every number, text after it.
  if (!isPosition(low) || !isPosition(high)) return [];
  const last = Math.min(to, head);
  const cuts: number[] = [];
  let start = from;
  let next = { number: 0, from: 0 };
  for await (const rows of log.anchors()) {
    for (const { number, from_seq, to_seq } of rows) {
      if (number !== next.number || from_seq !== next.from) return [];
      if (!isPosition(to_seq) || to_seq < next.from) return [];
      next = { number: next.number + 1, from: to_seq + 1 };
      if (to_seq - start + 1 >= size && to_seq < last) {
        cuts.push(to_seq);
        start = to_seq + 1;
      }
    }
  }
  if (start < next.from && next.from - 1 < last) {
    cuts.push(next.from - 1);
    start = next.from;
  }
  for (; last - start + 1 >= 2 * size; start += size) cuts.push(start + size - 1);
  if (cuts.length === 0) return [];
  const starts = [from, ...cuts.map((cut) => cut + 1)];
  return starts.map((begin, i) => ({
    from: begin,
    to: cuts[i] ?? (to === Number.MAX_SAFE_INTEGER ? undefined : to),
  }));
}
