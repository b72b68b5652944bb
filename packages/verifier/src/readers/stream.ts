import type { LogSource } from '../source.ts';
import { openBundleLines } from './bundle-source.ts';
import { type Reading, splitLines } from './lines.ts';

/**
 * Opens a bundle (SPEC 8.4) that comes as a stream of bytes, in any runtime that has `TextDecoder`. One walk over one log
 * reads the stream once; a second pass asks for it again.
 *
 * @param open begins the stream anew; it is given up when its iterator is returned
 * @throws SealtrailError `bundle_malformed` when it is no bundle; what `open` throws
 */
export function openBundleStream(open: () => AsyncIterable<Uint8Array>): Promise<LogSource> {
  return openBundleLines(() => splitLines(open(), reading));
}

// A byte order mark is a character like any other: the bytes were hashed with it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const reading: Reading = (bytes) => ({
  length: bytes.length,
  indexOf: (byte, from) => bytes.indexOf(byte, from),
  text: (from, to) => {
    try {
      return utf8.decode(bytes.subarray(from, to));
    } catch {
      return undefined;
    }
  },
});
