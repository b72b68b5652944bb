import { type BundleLine, readBundleLine } from '@sealtrail/format';
import type { LogBatch, LogSource, RawRow, WalkRange } from '../source.ts';
import type { Section } from './bundle-cuts.ts';
import { cutBundle, malformedBundle } from './bundle-faults.ts';
import { ANCHOR, asciiLine, marks } from './bundle-marks.ts';
import { sectionOf } from './bundle-part.ts';
import { anchorRow, sectionRows } from './bundle-rows.ts';
import { type ByteRange, openFile } from './file-lines.ts';

/** Anchors that are handed over together. */
const BATCH = 64;

/**
 * The anchors of a section of a plain bundle, and its segments one by one. Lines of other segments are passed over unread: the cost is
 * the number of anchors and the length of the file, looked through for their beginnings, several times as fast as reading it.
 */
export class SectionAnchors {
  readonly #path: string;
  readonly #start: number;
  readonly #openings: LogSource['openings'];
  /** Where segments lie, by their first position. */
  readonly #segments = new Map<number, { readonly to: number; readonly bytes: ByteRange }>();

  constructor(path: string, { start }: Pick<Section, 'start'>, openings: LogSource['openings']) {
    this.#path = path;
    this.#start = start;
    this.#openings = openings;
  }

  /** All of them. @throws SealtrailError `bundle_malformed`, `bundle_truncated` when the file ends before the section, `source_invalid` */
  async *read(): AsyncGenerator<readonly RawRow[]> {
    const file = await openFile(this.#path);
    try {
      let rows: RawRow[] = [];
      let open: { readonly row: RawRow; readonly start: number } | undefined;
      // From the end of the line before the first on.
      for await (const { mark, line, start } of marks(file, this.#start - 1)) {
        if (open !== undefined) this.#note(open.row, { start: open.start, end: start });
        if (mark !== ANCHOR) {
          if (rows.length > 0) yield rows;
          rows = [];
          // A last line that is not all there is none.
          if (asciiLine(line) === undefined) break;
          return;
        }
        const row = anchorRow(anchorText(line));
        open = { row, start };
        rows.push(row);
        if (rows.length === BATCH) {
          yield rows;
          rows = [];
        }
      }
      if (rows.length > 0) yield rows;
      throw cutBundle();
    } finally {
      await file.close();
    }
  }

  #note({ from_seq: from, to_seq: to }: RawRow, bytes: ByteRange): void {
    if (typeof from === 'number' && typeof to === 'number') this.#segments.set(from, { to, bytes });
  }

  /** The entries that stand behind the anchor over exactly this range; undefined when no such anchor was read. */
  walk({ from, to }: WalkRange): AsyncGenerator<LogBatch> | undefined {
    const segment = this.#segments.get(from);
    if (segment === undefined || segment.to !== to) return undefined;
    return sectionRows(sectionOf(this.#path, segment.bytes, this.#openings), from, { from, to });
  }
}

function anchorText(line: string): string {
  const text = asciiLine(line);
  const read: BundleLine | undefined = text === undefined ? undefined : readBundleLine(text);
  if (read?.kind === 'anchor') return read.text;
  throw malformedBundle('the line of an anchor is none');
}
