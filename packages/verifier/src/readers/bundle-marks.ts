import type { FileHandle } from 'node:fs/promises';

// Enough to tell lines apart that are in order. Node looks for up to seven bytes by their first one, several times as fast as for more.
export const TENANT = Buffer.from('\n{"tena');
export const ANCHOR = Buffer.from('\n{"anch');
export const END = Buffer.from('\n{"end"');

/** Little more than from one anchor to the next, in most files. */
const BLOCK_BYTES = 1 << 20;
/** What is read of a line behind its first characters. All of an anchor's line is shorter. */
const LOOK_BYTES = 4_096;

export interface Mark {
  readonly mark: Buffer;
  /** The beginning of the line. */
  readonly line: string;
  /** Offset of its first byte. */
  readonly start: number;
}

/** The lines behind an offset that are no entries, in their order. */
export async function* marks(file: FileHandle, offset: number): AsyncGenerator<Mark> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let base = offset; ; ) {
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, base);
    const isLast = bytesRead < BLOCK_BYTES;
    const bytes = block.subarray(0, bytesRead);
    // A line that begins at the end of a block is met again at the beginning of the next.
    const limit = isLast ? bytesRead : bytesRead - LOOK_BYTES;
    const found = [TENANT, ANCHOR, END].flatMap((mark) =>
      positions(bytes, mark, limit).map((at) => ({ mark, at })),
    );
    for (const { mark, at } of found.sort((a, b) => a.at - b.at)) {
      yield { mark, line: bytes.toString('latin1', at + 1, at + 1 + LOOK_BYTES), start: base + at + 1 };
    }
    if (isLast) return;
    base += limit;
  }
}

function positions(bytes: Buffer, mark: Buffer, limit: number): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(mark); at !== -1 && at < limit; at = bytes.indexOf(mark, at + 1))
    found.push(at);
  return found;
}

/** The first line of a text, without its end; undefined when it was cut, or is not ASCII as all anchors are. */
export function asciiLine(text: string): string | undefined {
  return /^([ -~]*)\n/.exec(text)?.[1];
}
