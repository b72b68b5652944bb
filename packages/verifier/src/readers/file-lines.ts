import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SealtrailError } from '@sealtrail/format';
import { type Lines, type Reading, splitLines } from './lines.ts';

// Small, so that what is made of a chunk is dropped while it is still cheap to drop.
const CHUNK_BYTES = 1 << 17;

/** Offsets of the first byte, and of the first byte after the last. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number | undefined;
}

/**
 * Reads a file, plain or in gzip, as batches of lines, see {@link splitLines}.
 *
 * @param range whole lines of a plain file, when not all of it is wanted
 * @throws SealtrailError `bundle_malformed`, `bundle_truncated`, `source_invalid`
 */
export async function* readLines(path: string, range?: ByteRange): AsyncGenerator<Lines> {
  const file = await openFile(path);
  try {
    const zipped = range === undefined && (await isGzipFile(file));
    if (zipped) yield* linesOf(file.createReadStream({ start: 0, autoClose: false }), true);
    else yield* splitLines(chunksOf(file, range), reading, range?.start);
  } finally {
    await file.close();
  }
}

/**
 * The same for what comes from its beginning to its end.
 *
 * @param zipped whether it is in gzip
 */
export function linesOf(chunks: AsyncIterable<Uint8Array>, zipped: boolean): AsyncGenerator<Lines> {
  return splitLines(zipped ? unzipped(chunks) : chunks, reading);
}

async function* chunksOf(
  file: FileHandle,
  { start, end = Number.POSITIVE_INFINITY }: ByteRange = { start: 0 },
): AsyncGenerator<Uint8Array> {
  const read = async (chunk: Buffer, at: number): Promise<Buffer> => {
    const { bytesRead } = await file.read(chunk, 0, Math.min(CHUNK_BYTES, end - at), at);
    return chunk.subarray(0, bytesRead);
  };
  // Two for all of them: one is filled while the other is worked on. Who splits a chunk into lines is done with it when it asks for the next.
  let [here, other] = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)];
  let at = start;
  let next = read(here, at);
  for (;;) {
    const chunk = await next;
    if (chunk.length === 0) return;
    at += chunk.length;
    [here, other] = [other, here];
    next = read(here, at);
    // It belongs to whoever asks for it, not to the process.
    next.catch(() => {});
    yield chunk;
  }
}

export async function isGzipFile(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return isGzip(buffer.subarray(0, bytesRead));
}

/** Whether a file's first bytes are those of one in gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function* unzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip();
  const stream = chunks instanceof Readable ? chunks : Readable.from(chunks);
  stream.on('error', (error) => unzip.destroy(error));
  try {
    for await (const chunk of stream.pipe(unzip)) yield chunk as Uint8Array;
  } catch (cause) {
    if (cause instanceof SealtrailError) throw cause;
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

const reading: Reading = ({ buffer, byteOffset, length }) => {
  const bytes = Buffer.from(buffer, byteOffset, length);
  // One look at all of the bytes is faster than one at each line.
  const good = isUtf8(bytes);
  return {
    length,
    indexOf: (byte, from) => bytes.indexOf(byte, from),
    text: (from, to) =>
      good || isUtf8(bytes.subarray(from, to)) ? bytes.toString('utf8', from, to) : undefined,
  };
};

export async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw new SealtrailError('source_invalid', `cannot read ${path}`, {}, { cause });
  }
}
