import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { MAX_BUNDLE_LINE_BYTES, SealtrailError } from '@sealtrail/format';

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/**
 * Reads a file as batches of lines, in memory bounded by a chunk and the longest line allowed. The file is
 * attacker-controlled: bytes that are not UTF-8, a line too long and a last line without its end are refused.
 *
 * @throws SealtrailError `bundle_malformed`, `bundle_truncated`, `source_invalid`
 */
export async function* readLines(path: string): AsyncGenerator<string[]> {
  const file = await openFile(path);
  try {
    let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) break;
      const read = chunk.subarray(0, bytesRead);
      const end = read.lastIndexOf(NEWLINE);
      if (end === -1) {
        rest = Buffer.concat([rest, read]);
        if (rest.length > MAX_BUNDLE_LINE_BYTES) throw tooLong();
        continue;
      }
      const whole = rest.length === 0 ? read.subarray(0, end) : Buffer.concat([rest, read.subarray(0, end)]);
      rest = Buffer.from(read.subarray(end + 1));
      if (!isUtf8(whole))
        throw new SealtrailError('bundle_malformed', 'the bundle is malformed: it is not UTF-8');
      const lines = whole.toString('utf8').split('\n');
      if (lines.some((line) => line.length > MAX_BUNDLE_LINE_BYTES)) throw tooLong();
      yield lines;
    }
    if (rest.length > 0)
      throw new SealtrailError('bundle_truncated', 'the bundle was cut in the middle of a line');
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw new SealtrailError('source_invalid', `cannot read ${path}`, {}, { cause });
  }
}

function tooLong(): SealtrailError {
  return new SealtrailError(
    'bundle_malformed',
    `the bundle is malformed: a line is longer than ${MAX_BUNDLE_LINE_BYTES} bytes`,
  );
}
