import type { FileHandle } from 'node:fs/promises';
import { isGzip, openFile } from './file-lines.ts';

/** Where a tenant's lines lie in a file, and where anchors stand among them. */
export interface Section {
  /** Offset of the first byte behind the tenant's line. */
  readonly start: number;
  /** Offset of the first byte behind its last line. */
  end: number;
  /** Anchors, each with the position that it says its segment begins at, and the offset of its line. */
  readonly cuts: { readonly from: number; readonly start: number }[];
}

const BLOCK_BYTES = 1 << 21;
const TENANT = Buffer.from('\n{"tenant":{');
const ANCHOR = Buffer.from('\n{"anchor":{');
const END = Buffer.from('\n{"end":{');
/** What is read of a line behind its first characters. The two longest names and all else of a line are shorter. */
const LOOK_BYTES = 4_096;

/**
 * Looks where the long sections of a bundle lie, without reading its lines. Nothing that it says is believed: who reads a part
 * of a section must find in it what the whole should have there.
 *
 * @param size cuts lie at least so many positions apart; sections without a cut are left out
 * @returns by tenant; undefined for a file in gzip, which can only be read from its beginning, and one that is malformed
 */
export async function indexBundle(path: string, size: number): Promise<Map<string, Section> | undefined> {
  const file = await openFile(path);
  try {
    if (await isGzip(file)) return undefined;
    const sections = new Map<string, Section>();
    let before = '';
    let open: { tenant: string; section: Section; last: number } | undefined;
    const close = (end: number): void => {
      if (open === undefined) return;
      open.section.end = end;
      if (open.section.cuts.length > 0) sections.set(open.tenant, open.section);
      open = undefined;
    };
    for await (const { mark, line, offset } of marks(file)) {
      if (mark !== ANCHOR) close(offset);
      if (mark === TENANT) {
        const tenant = /"tenant":"([^"]{1,128})","time"/.exec(line)?.[1];
        const from = /"from":(\d{1,16}),/.exec(line)?.[1];
        const end = line.indexOf('\n');
        if (tenant === undefined || from === undefined || end === -1) return undefined;
        // A name that stands twice would lead to the wrong place.
        if (tenant <= before) return undefined;
        before = tenant;
        open = { tenant, last: Number(from), section: { start: offset + end + 1, end: offset, cuts: [] } };
      } else if (mark === ANCHOR && open !== undefined) {
        const from = Number(/"from":(\d{1,16}),/.exec(line)?.[1] ?? Number.NaN);
        if (from - open.last < size) continue;
        open.section.cuts.push({ from, start: offset });
        open.last = from;
      }
    }
    return sections;
  } finally {
    await file.close();
  }
}

interface Mark {
  readonly mark: Buffer;
  /** The beginning of the line. */
  readonly line: string;
  readonly offset: number;
}

/** The lines that are no entries, in their order. */
async function* marks(file: FileHandle): AsyncGenerator<Mark> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let base = 0; ; ) {
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, base);
    const isLast = bytesRead < BLOCK_BYTES;
    const bytes = block.subarray(0, bytesRead);
    // A line that begins at the end of a block is met again at the beginning of the next.
    const limit = isLast ? bytesRead : bytesRead - LOOK_BYTES;
    const found = [TENANT, ANCHOR, END].flatMap((mark) =>
      [...positions(bytes, mark, limit)].map((at) => ({ mark, at })),
    );
    for (const { mark, at } of found.sort((a, b) => a.at - b.at)) {
      yield { mark, line: bytes.toString('latin1', at + 1, at + 1 + LOOK_BYTES), offset: base + at + 1 };
    }
    if (isLast) return;
    base += limit;
  }
}

function* positions(bytes: Buffer, mark: Buffer, limit: number): Generator<number> {
  for (let at = bytes.indexOf(mark); at !== -1 && at < limit; at = bytes.indexOf(mark, at + 1)) yield at;
}
