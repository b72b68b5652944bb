import { MAX_BUNDLE_LINE_BYTES, SealtrailError } from '@sealtrail/format';
import { malformedBundle } from './bundle-faults.ts';

const NEWLINE = 0x0a;

/** Bytes as a runtime reads them fastest. */
export interface Bytes {
  readonly length: number;
  indexOf(byte: number, from: number): number;
  /** Undefined when the part is not UTF-8. */
  text(from: number, to: number): string | undefined;
}
export type Reading = (bytes: Uint8Array) => Bytes;

/** Neighbouring lines, and where the first of them begins. */
export interface Lines {
  readonly lines: readonly string[];
  readonly start: number;
}

/**
 * Splits a stream into batches of lines, in memory bounded by a chunk and the longest line allowed. The bytes are
 * attacker-controlled: what is not UTF-8, a line too long and a last line without its end are refused.
 *
 * @param start where the first byte lies, for those who want to find a line again
 * @throws SealtrailError `bundle_malformed`, `bundle_truncated`
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  reading: Reading,
  start = 0,
): AsyncGenerator<Lines> {
  // The beginning of a line whose end has not come yet. Joined once: a sender of tiny chunks must not make it quadratic.
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let at = start;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE);
    // Copied: who hands over a chunk may fill it anew for the next.
    const tail = new Uint8Array(chunk.subarray(end + 1));
    if (end !== -1) {
      const lines: string[] = [];
      // Only the line that began in a chunk before has to be put together.
      const first = restBytes === 0 ? -1 : chunk.indexOf(NEWLINE);
      let fault = first === -1 ? undefined : split(reading(join([...rest, chunk.subarray(0, first)])), lines);
      if (fault === undefined && first < end) fault = split(reading(chunk.subarray(first + 1, end)), lines);
      yield { lines, start: at };
      if (fault !== undefined) throw fault;
      at += restBytes + end + 1;
      rest = [];
      restBytes = 0;
    }
    rest.push(tail);
    restBytes += tail.length;
    if (restBytes > MAX_BUNDLE_LINE_BYTES) throw tooLong();
  }
  if (restBytes > 0)
    throw new SealtrailError('bundle_truncated', 'the bundle was cut in the middle of a line');
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// Each line is decoded by itself: a string of its own is read faster, character by character, than a part of a large one.
/** @returns what is wrong with a line, which comes after the lines before it */
function split(bytes: Bytes, lines: string[]): SealtrailError | undefined {
  let from = 0;
  while (from <= bytes.length) {
    const found = bytes.indexOf(NEWLINE, from);
    const to = found === -1 ? bytes.length : found;
    if (to - from > MAX_BUNDLE_LINE_BYTES) return tooLong();
    const line = bytes.text(from, to);
    if (line === undefined) return malformedBundle('it is not UTF-8');
    lines.push(line);
    from = to + 1;
  }
  return undefined;
}

function tooLong(): SealtrailError {
  return malformedBundle(`a line is longer than ${MAX_BUNDLE_LINE_BYTES} bytes`);
}
