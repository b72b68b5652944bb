import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Anchor, type AnchorRow, type Hash, readEntry } from '@sealtrail/format';
import { exportBundle } from '../export.ts';
import type { Store } from '../port.ts';
import { unwritable } from '../system-error.ts';
import { archiveName, keepArchive, makeFolder, sha256Of } from './archive-file.ts';

/** The last segment that goes. */
export interface LastSegment {
  readonly row: AnchorRow;
  readonly anchor: Anchor;
}

export interface ArchiveOptions {
  readonly from: number;
  readonly last: LastSegment;
  readonly openings: 'included' | 'withheld';
  /** It is made when it is not there. */
  readonly folder: string;
}

export interface Archive {
  readonly file: string;
  readonly sha256: Hash;
}

/**
 * Writes segments to an archive and gives it its name, durably. What fails leaves nothing, whatever it was that stood in the way.
 *
 * @throws SealtrailError `config_invalid` when the folder or the archive cannot be written; `store_unavailable` when something else
 *   has the archive's name; `segment_broken`
 */
export async function makeArchive(store: Store, tenant: string, options: ArchiveOptions): Promise<Archive> {
  const { from, last, folder } = options;
  const draft = join(folder, `.${randomUUID()}`);
  try {
    await makeFolder(folder);
    const sha256 = await writeArchive(store, tenant, options, draft);
    const name = archiveName(tenant, { from, to: last.anchor.to, sha256 });
    return { file: await keepArchive(draft, folder, name, sha256), sha256 };
  } catch (error) {
    // What keeps a draft from being removed is what kept it from being written, and that is told.
    await rm(draft, { force: true }).catch(() => {});
    throw unwritable(folder, error, folder);
  }
}

/**
 * Writes segments as a bundle (SPEC 8.4) in gzip, verified on the way and durable when the promise resolves. Of the same segments it
 * makes the same file each time: its time is that of their last anchor.
 *
 * @returns SHA-256 of the file
 * @throws SealtrailError `segment_broken`
 */
async function writeArchive(
  store: Store,
  tenant: string,
  { from, last, openings }: ArchiveOptions,
  file: string,
): Promise<Hash> {
  const { to, last: hash } = last.anchor;
  const [row] = await store.readFrom(tenant, to, 1);
  const head = {
    tenant,
    seq: to,
    hash,
    time: row === undefined ? last.anchor.time : readEntry(row.entry).time,
    anchor_number: last.row.number,
    anchor_hash: last.row.hash,
  };
  const gzip = createGzip();
  // It may hold sealed values: for its owner alone.
  const written = pipeline(gzip, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  written.catch(() => {});
  const source = store.source();
  try {
    const write = async (chunk: string): Promise<void> => {
      if (!gzip.write(chunk)) await Promise.race([once(gzip, 'drain'), written]);
    };
    await exportBundle(source, write, {
      tenants: [tenant],
      openings,
      time: last.anchor.time,
      cut: { from, head },
    });
    gzip.end();
    await written;
  } finally {
    gzip.destroy();
    // A file that is only being opened would come to be after it was removed.
    await written.catch(() => {});
    await source.close();
  }
  await sync(file);
  return sha256Of(file);
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
