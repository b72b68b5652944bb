import { createReadStream } from 'node:fs';
import { SealtrailError } from '@sealtrail/format';
import {
  decode,
  isSqlite,
  kindOfFile,
  LOOKED_AT,
  LOOKED_AT_MOST,
  type LocationKind,
  statOf,
  tellsNothing,
} from './location.ts';
import { openBundleLines } from './readers/bundle-source.ts';
import { isGzip, linesOf } from './readers/file-lines.ts';
import type { Lines } from './readers/lines.ts';
import type { LogSource } from './source.ts';

// What an auditor has unpacked or decrypted on the way need not lie on a disk: it is read once, and forward.

/** What comes through a pipe, as far as its beginning tells. */
export interface Piped {
  readonly kind: LocationKind;
  text(): Promise<string>;
  lines(): AsyncGenerator<Lines>;
  source(): Promise<LogSource>;
  /** Whoever sends more is not listened to. */
  close(): Promise<void>;
}

const STDIN = ['-', '/dev/stdin'];

/** Whether a location is standard input, or a file that can only be read forward: `<(gpg -d acme.jsonl.gpg)` is one. */
export function isPiped(location: string): boolean {
  if (location === '-') return true;
  const found = statOf(location);
  return found !== undefined && (found.isFIFO() || found.isSocket() || found.isCharacterDevice());
}

/** @throws SealtrailError `source_invalid` for what cannot be read or is of no known kind, and for a SQLite file, which has no order */
export async function openPiped(location: string): Promise<Piped> {
  // A pipe may be a socket, which has no path.
  const stream = STDIN.includes(location) ? process.stdin : createReadStream(location);
  const rest: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  const next = async (): Promise<Uint8Array | undefined> => {
    try {
      const { done, value } = await rest.next();
      return done === true ? undefined : value;
    } catch (cause) {
      throw new SealtrailError('source_invalid', `cannot read ${location}`, {}, { cause });
    }
  };
  let beginning = Buffer.alloc(0);
  const read = async (size: number): Promise<void> => {
    while (beginning.length < size) {
      const chunk = await next();
      if (chunk === undefined) break;
      beginning = Buffer.concat([beginning, chunk]);
    }
  };
  await read(LOOKED_AT);
  if (tellsNothing(beginning)) await read(LOOKED_AT_MOST);
  const close = async (): Promise<void> => {
    await rest.return?.();
  };
  let kind: LocationKind;
  try {
    const why = 'a SQLite file is not read from its beginning to its end: give its path';
    if (isSqlite(beginning)) throw new SealtrailError('source_invalid', why);
    kind = kindOfFile(beginning, location === '-' ? 'standard input' : location);
  } catch (error) {
    await close();
    throw error;
  }

  let begun = false;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    if (begun)
      throw new SealtrailError('source_invalid', `${location} can be read only once: save it as a file`);
    begun = true;
    try {
      yield beginning;
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
    } finally {
      await close();
    }
  }
  const lines = (): AsyncGenerator<Lines> => linesOf(chunks(), isGzip(beginning));
  return {
    kind,
    text: async () => {
      const all: Uint8Array[] = [];
      for await (const chunk of chunks()) all.push(chunk);
      return decode(Buffer.concat(all), location);
    },
    lines,
    source: () => openBundleLines(lines),
    close,
  };
}
