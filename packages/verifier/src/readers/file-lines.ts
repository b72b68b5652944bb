import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { SealtrailError } from '@sealtrail/format';
import { type Reading, splitLines } from './lines.ts';

// Small, so that what is made of a chunk is dropped while it is still cheap to drop.
const CHUNK_BYTES = 1 << 17;

/**
 * Reads a file as batches of lines, see {@link splitLines}.
 *
 * @throws SealtrailError `bundle_malformed`, `bundle_truncated`, `source_invalid`
 */
export async function* readLines(path: string): AsyncGenerator<string[]> {
  const file = await openFile(path);
  try {
    yield* splitLines(chunksOf(file), reading);
  } finally {
    await file.close();
  }
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
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

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw new SealtrailError('source_invalid', `cannot read ${path}`, {}, { cause });
  }
}
