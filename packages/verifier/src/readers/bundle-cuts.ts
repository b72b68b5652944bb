import type { FileHandle } from 'node:fs/promises';
import type { Part } from '../source.ts';
import { cutBundle } from './bundle-faults.ts';
import { ANCHOR, asciiLine, marks } from './bundle-marks.ts';
import { endsSection } from './bundle-rows.ts';
import { openFile } from './file-lines.ts';

/** A tenant's section of a bundle, as far as it is known before it is read. */
export interface Section {
  readonly tenant: string;
  /** Position of its first entry. */
  readonly from: number;
  /** Position of its last entry, as its head has it. */
  readonly head: number;
  /** Offset of the first byte behind the tenant's line. */
  readonly start: number;
}

export interface BundlePart extends Part {
  readonly bytes: { readonly start: number; readonly end: number };
}

/** Where a part can begin: an anchor's line, and the position that it says its segment begins at. */
interface Cut {
  readonly from: number;
  readonly start: number;
}

/** How far is jumped, of what a part should have: anchors stand apart, and the next one behind that is the cut. */
const JUMP = 0.9;

/**
 * Cuts a section of a plain bundle where anchors stand, without reading its lines: it jumps about a part ahead and looks for the
 * next anchor from there. Nothing that it finds is believed: who reads a part must find in it what the whole should have there.
 *
 * @param size parts have at least so many entries, but for the last
 * @throws SealtrailError `source_invalid`; `bundle_truncated` when all parts but the last were given
 */
export async function* cutSection(path: string, section: Section, size: number): AsyncGenerator<BundlePart> {
  const file = await openFile(path);
  try {
    const { size: bytes } = await file.stat();
    // Too many where other sections follow; the parts soon show how many there are.
    let entryBytes = (bytes - section.start) / Math.max(1, section.head - section.from + 1);
    let begin: Cut = section;
    for (;;) {
      const wanted = { tenant: section.tenant, from: begin.from + size };
      const ahead = begin.start + Math.floor(size * JUMP * entryBytes);
      let next = await nextCut(file, ahead, { ...wanted, jumped: true });
      // Whoever jumps may land behind the section.
      if (typeof next !== 'object') next = await nextCut(file, begin.start, { ...wanted, jumped: false });
      if (next === undefined) throw cutBundle();
      if (typeof next === 'number') {
        if (begin !== section) yield { from: begin.from, bytes: { start: begin.start, end: next } };
        return;
      }
      yield { from: begin.from, to: next.from - 1, bytes: { start: begin.start, end: next.start } };
      entryBytes = Math.min(entryBytes, (next.start - begin.start) / (next.from - begin.from));
      begin = next;
    }
  } finally {
    await file.close();
  }
}

/**
 * The first anchor behind an offset whose segment begins at a position or later.
 *
 * @returns the offset of the first line that belongs into no section, when that comes first; undefined when there is neither
 */
async function nextCut(
  file: FileHandle,
  offset: number,
  { tenant, from, jumped }: { readonly tenant: string; readonly from: number; readonly jumped: boolean },
): Promise<Cut | number | undefined> {
  for await (const { mark, line, start } of marks(file, offset)) {
    // A line that was cut, is no text, or only resembles the one that ends it, is a fault of the section before it.
    const text = asciiLine(line);
    if (text === undefined) return undefined;
    if (mark !== ANCHOR) return endsSection(line) ? start : undefined;
    if (/"tenant":"([^"]{1,128})"/.exec(text)?.[1] !== tenant) {
      if (jumped) return undefined;
      // It is out of place: then it ends no section.
      continue;
    }
    const position = Number(/"from":(\d{1,16}),/.exec(text)?.[1] ?? Number.NaN);
    if (position >= from) return { from: position, start };
  }
  return undefined;
}
