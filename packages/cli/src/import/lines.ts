import { isUtf8 } from 'node:buffer';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = /^\ufeff/;

/**
 * The lines of JSON Lines, undefined for one that is not UTF-8: read with replacement characters, another text than was given would be
 * sealed. Lines end at a line feed and nowhere else: `node:readline` ends them also at a carriage return, and from Node 24 on at U+2028
 * and U+2029, which texts copied from a browser hold. A byte order mark before the first is no part of it: some editors write one.
 */
export async function* linesIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  let rest: Uint8Array[] = [];
  let isFirst = true;
  const end = (last: Uint8Array): string | undefined => {
    const text = textOf([...rest, last]);
    const begins = isFirst;
    isFirst = false;
    return begins ? text?.replace(BYTE_ORDER_MARK, '') : text;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      yield end(chunk.subarray(from, at));
      rest = [];
      from = at + 1;
    }
    rest.push(chunk.subarray(from));
  }
  yield end(new Uint8Array());
}

/** What is in gzip unpacked, everything else as it is. It may come through a pipe, so nothing is read twice. */
export async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const following = chunks[Symbol.asyncIterator]();
  const { done, value: first } = await following.next();
  if (done === true) return;
  async function* all(): AsyncGenerator<Uint8Array> {
    yield first;
    yield* { [Symbol.asyncIterator]: () => following };
  }
  // What fails in the one comes out of the other.
  if (first[0] === 0x1f && first[1] === 0x8b) yield* pipeline(Readable.from(all()), createGunzip(), () => {});
  else yield* all();
}

function textOf(parts: readonly Uint8Array[]): string | undefined {
  const bytes = Buffer.concat(parts);
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}
