import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { MAX_BUNDLE_LINE_BYTES, SealtrailError } from '@sealtrail/format';

// Small, so that what is made of a chunk is dropped while it is still cheap to drop.
const CHUNK_BYTES = 1 << 17;
const NEWLINE = 0x0a;

/**
 * Reads a file, plain or in gzip, as batches of lines, in memory bounded by a chunk and the longest line allowed. The file is
 * attacker-controlled: bytes that are not UTF-8, a line too long and a last line without its end are refused.
 *
 * @throws SealtrailError `bundle_malformed`, `bundle_truncated`, `source_invalid`
 */
export async function* readLines(path: string): AsyncGenerator<string[]> {
  const file = await openFile(path);
  try {
    let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
    for await (const read of (await isGzip(file)) ? unzipped(file) : chunksOf(file)) {
      const end = read.lastIndexOf(NEWLINE);
      if (end === -1) {
        rest = Buffer.concat([rest, read]);
        if (rest.length > MAX_BUNDLE_LINE_BYTES) throw tooLong();
        continue;
      }
      const whole = rest.length === 0 ? read.subarray(0, end) : Buffer.concat([rest, read.subarray(0, end)]);
      rest = Buffer.from(read.subarray(end + 1));
      const { lines, fault } = split(whole);
      yield lines;
      if (fault !== undefined) throw fault;
    }
    if (rest.length > 0)
      throw new SealtrailError('bundle_truncated', 'the bundle was cut in the middle of a line');
  } finally {
    await file.close();
  }
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
  }
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

async function* unzipped(file: FileHandle): AsyncGenerator<Buffer> {
  const unzip = createGunzip();
  const stream = file.createReadStream({ start: 0, autoClose: false });
  stream.on('error', (error) => unzip.destroy(error));
  try {
    for await (const chunk of stream.pipe(unzip)) yield chunk as Buffer;
  } catch (cause) {
    const cut = Object(cause).code === 'Z_BUF_ERROR';
    throw new SealtrailError(
      cut ? 'bundle_truncated' : 'bundle_malformed',
      cut ? 'the compressed file was cut' : 'the compressed file cannot be read',
      {},
      { cause },
    );
  } finally {
    stream.destroy();
    unzip.destroy();
  }
}

// Each line is decoded by itself: a string of its own is read faster, character by character, than a part of a large one.
// What is wrong with a line comes after the lines before it.
function split(bytes: Buffer): { lines: string[]; fault?: SealtrailError } {
  const lines: string[] = [];
  const good = isUtf8(bytes);
  let from = 0;
  while (from <= bytes.length) {
    const found = bytes.indexOf(NEWLINE, from);
    const to = found === -1 ? bytes.length : found;
    if (to - from > MAX_BUNDLE_LINE_BYTES) return { lines, fault: tooLong() };
    if (!good && !isUtf8(bytes.subarray(from, to))) return { lines, fault: notUtf8() };
    lines.push(bytes.toString('utf8', from, to));
    from = to + 1;
  }
  return { lines };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw new SealtrailError('source_invalid', `cannot read ${path}`, {}, { cause });
  }
}

function notUtf8(): SealtrailError {
  return new SealtrailError('bundle_malformed', 'the bundle is malformed: it is not UTF-8');
}

function tooLong(): SealtrailError {
  return new SealtrailError(
    'bundle_malformed',
    `the bundle is malformed: a line is longer than ${MAX_BUNDLE_LINE_BYTES} bytes`,
  );
}
