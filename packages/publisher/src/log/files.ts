import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import { syncFolder, unwritable } from '@sealtrail/store';
import { type ReadTile, tilePath } from '@sealtrail/tlog';

/**
 * Puts a file in place, durable when the promise resolves: whoever reads sees the old one or the new one, whole, also after
 * a crash at any point. What a crash leaves behind is a file whose name begins with a dot.
 *
 * @throws SealtrailError `store_unavailable`
 */
export async function putFile(path: string, content: Uint8Array | string): Promise<void> {
  try {
    await put(path, content);
  } catch (cause) {
    const { message } = unwritable(path, cause) as Error;
    throw new SealtrailError('store_unavailable', message, {}, { cause });
  }
}

async function put(path: string, content: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `.${randomUUID()}`);
  try {
    const file = await open(draft, 'wx', 0o644);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Text of a file, or undefined when there is none. @throws SealtrailError `store_unavailable` */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (Object(cause).code === 'ENOENT') return undefined;
    throw new SealtrailError('store_unavailable', `cannot read ${path}`, {}, { cause });
  }
}

/** Tiles of a folder that was published. */
export function tilesIn(folder: string): ReadTile {
  return async (tile) => {
    try {
      return await readFile(join(folder, tilePath(tile)));
    } catch (cause) {
      throw new SealtrailError('tile_malformed', `cannot read ${tilePath(tile)}`, {}, { cause });
    }
  };
}
