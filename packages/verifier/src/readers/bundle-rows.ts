import { anchorHash, type BundleLine, isSealtrailError, readAnchor, toAnchorRow } from '@sealtrail/format';
import type { LogBatch, RawRow, WalkRange } from '../source.ts';

export type SectionLine = Extract<BundleLine, { kind: 'entry' | 'anchor' }>;

/** Whether a line ends the section before it (SPEC 8.4). Whatever else stands there is a fault of that section. */
export function endsSection(line: string): boolean {
  return line.startsWith('{"tenant":') || line.startsWith('{"end":');
}

/**
 * Rows of a section.
 *
 * @param start position of its first entry
 */
export async function* sectionRows(
  section: AsyncIterable<readonly SectionLine[]>,
  start: number,
  range: WalkRange,
): AsyncGenerator<LogBatch> {
  // Where the next line stands if it does not say so itself, and where it would stand in an untouched file.
  let position = start;
  let counted = start;
  // The section's own beginning leaves nothing out: what stands before it must be seen.
  const from = range.from > start ? range.from : 0;
  for await (const lines of section) {
    let anchors: RawRow[] = [];
    let entries: RawRow[] = [];
    for (const line of lines) {
      if (line.kind === 'anchor') {
        if (entries.length > 0) {
          yield { anchors, entries };
          anchors = [];
          entries = [];
        }
        const row = anchorRow(line.text);
        if (typeof row['to_seq'] !== 'number' || row['to_seq'] >= from) anchors.push(row);
      } else {
        const here = line.facts?.seq ?? position;
        position = here + 1;
        counted++;
        if (here < from) continue;
        if (range.to !== undefined && here > range.to) {
          if (counted <= range.to) continue;
          if (anchors.length + entries.length > 0) yield { anchors, entries };
          return;
        }
        const { text: entry, openings = '{}', opened, facts } = line;
        entries.push({ entry, openings, opened, facts });
      }
    }
    if (anchors.length + entries.length > 0) yield { anchors, entries };
  }
}

/** A bundle has no columns: they follow from the text where it can be read, and are missing where it cannot. */
export function anchorRow(text: string): RawRow {
  try {
    return { ...toAnchorRow(readAnchor(text), text, anchorHash(text)) };
  } catch (error) {
    if (isSealtrailError(error, 'anchor_malformed')) return { anchor: text };
    throw error;
  }
}
