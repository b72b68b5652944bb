import { isUtf8, constants as limits } from 'node:buffer';
import { closeSync, existsSync, openSync, readFileSync, readSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { SealtrailError } from '@sealtrail/format';
import { isGzip } from './readers/file-lines.ts';

/** What can be verified. `published`: a log as it was published, with its checkpoint and tiles. */
export type LocationKind = 'log' | 'proof' | 'evidence' | 'checkpoint' | 'published';

const SQLITE_MAGIC = 'SQLite format 3\0';
/** How much of a file tells what it is. */
export const LOOKED_AT = 4_096;
/** How much does when that is all names and comments of a file in gzip. */
export const LOOKED_AT_MOST = 1 << 17;
/** Members of a proof come in any order. In a bundle, and in evidence, those of such names hold something else, or stand further down. */
const PROOF =
  /^\s*\{\s*(?:"format"\s*:|"(?:entry|path|tenant)"\s*:\s*"|"(?:entries|segments)"\s*:\s*\[|"(?:record|sealed|checkpoint)"\s*:\s*\{)/;
// What an editor worked on is still the same, with something wrong with it.
const EVIDENCE = /^\uFEFF?\s*\{\s*"evidence"\s*:/;
const BUNDLE = /^\uFEFF?\s*\{\s*"bundle"\s*:/;
const NOTE = /^[^\n]+\n[0-9]+\r?\n[A-Za-z0-9+/]{43}=\r?\n\r?\n— /;

/** Whether a location is a MongoDB database; any other one is a file, or a web address. */
export function isMongodbUrl(location: string): boolean {
  return /^mongodb(\+srv)?:\/\//.test(location);
}

/** The path of a location that is a file: what it is may be said before it. */
export function pathOf(location: string): string {
  return location.replace(/^sqlite:/, '');
}

const KINDS =
  'what can be verified is a bundle, a proof, an evidence bundle, a signed checkpoint or a SQLite store (one file each), ' +
  'the folder or https:// address of a published log, or a mongodb:// URL';

/**
 * What is at a location, so far as its beginning tells: `log` for everything that `openSource` takes.
 *
 * @throws SealtrailError `source_invalid` for a file that cannot be read, and for one that is nothing of these
 */
export function kindOf(location: string): LocationKind {
  if (isMongodbUrl(location)) return 'log';
  if (/^https?:\/\//.test(location)) return 'published';
  const path = pathOf(location);
  refuseAddress(path);
  if (statOf(path)?.isDirectory()) {
    if (isPublished(path)) return 'published';
    throw unknownKind(`the folder ${path} has no file "checkpoint" and is no published log`);
  }
  if (isSqliteFile(path)) return 'log';
  const beginning = firstBytes(path);
  return kindOfFile(tellsNothing(beginning) ? firstBytes(path, LOOKED_AT_MOST) : beginning, path);
}

/** Whether what a file in gzip holds begins further on. */
export function tellsNothing(beginning: Buffer): boolean {
  return beginning.length >= LOOKED_AT && textOf(beginning) === undefined;
}

/** An address behind a quotation mark or a space would be the path of a file that is not there, and be told with its password. */
export function refuseAddress(path: string): void {
  if (path.includes('://')) throw unknownKind('this is an address that cannot be read');
}

/** The same of a file's first bytes. @throws as {@link kindOf} */
export function kindOfFile(bytes: Buffer, path: string): LocationKind {
  const beginning = textOf(bytes);
  if (beginning === undefined || BUNDLE.test(beginning)) return 'log';
  if (PROOF.test(beginning)) return 'proof';
  if (EVIDENCE.test(beginning)) return 'evidence';
  if (NOTE.test(beginning)) return 'checkpoint';
  throw unknownKind(bytes.length === 0 ? `${path} is empty` : `${path} begins like nothing that is known`);
}

function unknownKind(why: string): SealtrailError {
  return new SealtrailError('source_invalid', `${why}: ${KINDS}`);
}

/** @throws SealtrailError `source_invalid` for a file that cannot be read */
export function isSqliteFile(path: string): boolean {
  return isInUse(path) || isSqlite(firstBytes(path));
}

/** Whether a file's first bytes are those of a SQLite file. */
export function isSqlite(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, SQLITE_MAGIC.length) === SQLITE_MAGIC;
}

/** The whole text of a small file. @throws SealtrailError `source_invalid`, also for bytes that are not UTF-8 */
export function readTextFile(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new SealtrailError('source_invalid', `cannot read ${path}`, {}, { cause });
  }
  return decode(bytes, path);
}

/** @throws SealtrailError `source_invalid` for bytes that are not UTF-8, or more than a text can have */
export function decode(bytes: Buffer, path: string): string {
  if (bytes.length > limits.MAX_STRING_LENGTH)
    throw new SealtrailError('source_invalid', `${path} is too long`);
  if (!isUtf8(bytes)) throw new SealtrailError('source_invalid', `${path} is not UTF-8`);
  return bytes.toString('utf8');
}

/** Whether a folder is that of a log, or the part of it that is published. */
function isPublished(folder: string): boolean {
  return existsSync(join(folder, 'checkpoint')) || existsSync(join(folder, 'public', 'checkpoint'));
}

/** What is at a path; undefined when that cannot be told: who opens it learns why. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Whether a SQLite connection has the file open. Then it must not be opened here as a plain file: closing it again would give
 * up the locks of every connection that this process has to it (POSIX locks belong to the process), and another process
 * could remove the write-ahead log under a store that is still writing to it.
 */
export function isInUse(path: string): boolean {
  return existsSync(`${path}-shm`) || existsSync(`${path}-wal`);
}

/** @throws SealtrailError `source_invalid` for a file that cannot be read */
export function firstBytes(path: string, size = LOOKED_AT): Buffer {
  try {
    // Synchronous, so that nothing in this process can begin to use the file meanwhile.
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(size);
      return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (Object(cause).code === 'ENOENT') throw unknownKind(`there is no file ${path}`);
    throw new SealtrailError('source_invalid', `cannot read ${path}`, {}, { cause });
  }
}

/** The beginning as text; of a compressed file, as far as its beginning can be unpacked. Undefined where that is not at all. */
function textOf(bytes: Buffer): string | undefined {
  if (!isGzip(bytes)) return bytes.toString('utf8');
  try {
    const finishFlush = constants.Z_SYNC_FLUSH;
    const unpacked = gunzipSync(bytes, { finishFlush, maxOutputLength: 16 * 1024 * 1024 }).toString('utf8');
    return unpacked === '' ? undefined : unpacked;
  } catch {
    return undefined;
  }
}
