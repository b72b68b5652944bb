import type { LogBatch, RawRow } from './source.ts';

/**
 * Joins a store's entries and anchors into one walk in which each anchor stands before the first entry of its segment.
 * Neither input is trusted: an anchor with no usable `from_seq` is handed over at once, and all that is left at the end.
 */
export async function* mergeAnchors(
  entries: AsyncIterable<readonly RawRow[]>,
  anchors: AsyncIterable<readonly RawRow[]>,
): AsyncGenerator<LogBatch> {
  const pending = flatten(anchors);
  try {
    yield* merged(entries, pending);
  } finally {
    // Whoever stops early leaves nothing open: for a store it is a cursor, or a statement that keeps the state of the file.
    await pending.return(undefined);
  }
}

async function* merged(
  entries: AsyncIterable<readonly RawRow[]>,
  pending: AsyncGenerator<RawRow, undefined, undefined>,
): AsyncGenerator<LogBatch> {
  let anchor = await pending.next();
  const isDue = (position: number): boolean => {
    if (anchor.done) return false;
    const from = anchor.value['from_seq'];
    return typeof from !== 'number' || from <= position;
  };
  for await (const rows of entries) {
    let start = 0;
    while (start < rows.length) {
      const due: RawRow[] = [];
      while (!anchor.done && isDue(positionOf(rows[start]))) {
        due.push(anchor.value);
        anchor = await pending.next();
      }
      let end = start + 1;
      if (anchor.done) end = rows.length;
      else while (end < rows.length && !isDue(positionOf(rows[end]))) end++;
      yield { anchors: due, entries: start === 0 && end === rows.length ? rows : rows.slice(start, end) };
      start = end;
    }
  }
  for (; !anchor.done; anchor = await pending.next()) yield { anchors: [anchor.value], entries: [] };
}

function positionOf(row: RawRow | undefined): number {
  const seq = row?.['seq'];
  return typeof seq === 'number' ? seq : -1;
}

async function* flatten(
  batches: AsyncIterable<readonly RawRow[]>,
): AsyncGenerator<RawRow, undefined, undefined> {
  for await (const batch of batches) yield* batch;
  return undefined;
}
