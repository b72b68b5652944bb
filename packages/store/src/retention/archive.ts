import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Hash, readEntry } from '@sealtrail/format';
import { exportBundle } from '../export.ts';
import type { Store } from '../port.ts';
import { sha256Of } from './archive-file.ts';
import type { LastSegment } from './prune.ts';

export interface ArchiveOptions {
  readonly from: number;
  readonly last: LastSegment;
  readonly openings: 'included' | 'withheld';
  readonly file: string;
}

/**
 * Writes segments as a bundle (SPEC 8.4) in gzip, verified on the way and durable when the promise resolves. Of the same segments it
 * makes the same file each time: its time is that of their last anchor.
 *
 * @returns SHA-256 of the file
 * @throws SealtrailError `segment_broken`
 */
export async function writeArchive(
  store: Store,
  tenant: string,
  { from, last, openings, file }: ArchiveOptions,
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
