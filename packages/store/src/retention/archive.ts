import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Hash, readEntry } from '@sealtrail/format';
import { exportBundle } from '../export.ts';
import type { Store } from '../port.ts';
import type { LastSegment } from './prune.ts';

export interface ArchiveOptions {
  readonly from: number;
  readonly last: LastSegment;
  readonly openings: 'included' | 'withheld';
  readonly file: string;
  readonly time: string;
}

/**
 * Writes segments as a bundle (SPEC 8.4) in gzip, verified on the way and durable when the promise resolves.
 *
 * @returns SHA-256 of the file
 * @throws SealtrailError `segment_broken`
 */
export async function writeArchive(
  store: Store,
  tenant: string,
  { from, last, openings, file, time }: ArchiveOptions,
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
  const written = pipeline(gzip, createWriteStream(file, { flags: 'wx' }));
  written.catch(() => {});
  const source = store.source();
  try {
    const write = async (chunk: string): Promise<void> => {
      if (!gzip.write(chunk)) await Promise.race([once(gzip, 'drain'), written]);
    };
    await exportBundle(source, write, { tenants: [tenant], openings, time, cut: { from, head } });
    gzip.end();
    await written;
  } finally {
    gzip.destroy();
    await source.close();
  }
  await sync(file);
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  return digest.digest('hex');
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
