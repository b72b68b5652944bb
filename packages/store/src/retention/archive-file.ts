import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, lstat, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Hash, SealtrailError } from '@sealtrail/format';
import { syncFolder } from '../sync-folder.ts';

/** Characters of a tenant's name in that of a file, so that the whole stays below what file systems take. */
const MAX_TENANT = 120;
/** Digits of the archive's SHA-256 in its name. */
const DIGITS = 16;

/**
 * The name of an archive. Two that differ never share one, whichever store they come from and whether or not the file system
 * tells cases apart; the same pruning, run again, gives the same.
 */
export function archiveName(
  tenant: string,
  { from, to, sha256 }: { readonly from: number; readonly to: number; readonly sha256: Hash },
): string {
  const plain = tenant.replace(
    /[^a-z0-9._-]/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `${plain.slice(0, MAX_TENANT)}-${from}-${to}-${sha256.slice(0, DIGITS)}.archive.jsonl.gz`;
}

/** Makes a folder with those above it, durably. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const top = dirname(resolve(first));
  for (let at = dirname(resolve(folder)); ; at = dirname(at)) {
    await syncFolder(at);
    if (at === top) return;
  }
}

/**
 * Gives a finished archive its name, durably. It may be the only copy of what it holds, so nothing is ever overwritten: what has
 * that name is the same archive, of an attempt that was cut short, or is refused.
 *
 * @returns the path
 * @throws SealtrailError `store_unavailable` when something else has that name
 */
export async function keepArchive(
  draft: string,
  folder: string,
  name: string,
  sha256: Hash,
): Promise<string> {
  const file = join(folder, name);
  try {
    await link(draft, file);
  } catch {
    if (!(await isThere(file))) {
      // A file system without links.
      await rename(draft, file);
    } else if (!(await isArchive(file, sha256))) {
      throw new SealtrailError(
        'store_unavailable',
        `${file} is there already with other content: nothing was pruned; move it away, or give another folder`,
      );
    }
  }
  await rm(draft, { force: true });
  await syncFolder(folder);
  return file;
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (Object(error).code === 'ENOENT') return false;
    throw error;
  }
}

/** What has the name of an archive may as well be a folder. */
async function isArchive(file: string, sha256: Hash): Promise<boolean> {
  return (await stat(file)).isFile() && (await sha256Of(file)) === sha256;
}

export async function sha256Of(file: string): Promise<Hash> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  return digest.digest('hex');
}
