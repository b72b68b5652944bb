import { isUtf8 } from 'node:buffer';

const LINE_FEED = 0x0a;

/**
 * The lines of JSON Lines, undefined for one that is not UTF-8: read with replacement characters, another text than was given would be
 * sealed. Lines end at a line feed and nowhere else: `node:readline` ends them also at a carriage return, and from Node 24 on at U+2028
 * and U+2029, which texts copied from a browser hold.
 */
export async function* linesIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string | undefined> {
  let rest: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      yield textOf([...rest, chunk.subarray(from, at)]);
      rest = [];
      from = at + 1;
    }
    rest.push(chunk.subarray(from));
  }
  yield textOf(rest);
}

function textOf(parts: readonly Uint8Array[]): string | undefined {
  const bytes = Buffer.concat(parts);
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}
