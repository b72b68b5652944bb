import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { SealtrailError } from '@sealtrail/format';

const BEGINNING = /^\s*\{\s*"format"\s*:/;
const LOOKED_AT = 4_096;

/**
 * Whether a file is a proof: its first member is `format`, and a bundle's is `bundle`. A file that cannot be read is neither.
 * Must not be asked of a SQLite file that is in use, see `openSource`.
 */
export function isProofFile(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(LOOKED_AT);
      const start = buffer.toString('utf8', 0, readSync(file, buffer, 0, LOOKED_AT, 0));
      return BEGINNING.test(start);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

/** @throws SealtrailError `source_invalid` */
export function readProofFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SealtrailError('source_invalid', `cannot read ${path}`, {}, { cause });
  }
}
