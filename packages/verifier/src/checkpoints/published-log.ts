import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SealtrailError, verifyConsistency } from '@sealtrail/format';
import { type ReadTile, TILE_WIDTH, TileTree, tilePath } from '@sealtrail/tlog';
import type { Consistency } from './compare.ts';

// A log as it was published (C2SP tlog-tiles): a folder, or a web address.

const MAX_CHECKPOINT = 1_000_000;
/** Hashes of 32 bytes. */
const MAX_TILE = TILE_WIDTH * 32;
/** Leaves, each after its length in two bytes. */
const MAX_BUNDLE = TILE_WIDTH * (2 + 65_535);
const TIMEOUT_MS = 15_000;

/** A log as it was published. What it gives is attacker-controlled. */
export interface PublishedLog {
  /** The newest checkpoint. */
  checkpoint(): Promise<string>;
  /** A tile, or a bundle of leaves. @throws SealtrailError `source_invalid` */
  readonly tile: ReadTile;
  readonly consistency: Consistency;
}

/** The log that is published in a folder or at a web address. What it reads fails with `source_invalid`. */
export function openPublishedLog(location: string): PublishedLog {
  const read = /^https?:\/\//.test(location) ? overHttp(location.replace(/\/$/, '')) : inFolder(location);
  const tile: ReadTile = (one) => read(tilePath(one), one.level === 'entries' ? MAX_BUNDLE : MAX_TILE);
  return {
    // A mark at its beginning is a part of it, and of nothing that anybody signed.
    checkpoint: async () =>
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(await read('checkpoint', MAX_CHECKPOINT)),
    tile,
    consistency: async (from, to, root) => {
      const tree = new TileTree(to, tile);
      const [proof, old] = await Promise.all([tree.consistency(from), tree.root(from)]);
      if (verifyConsistency(from, to, old, root, proof)) return proof;
      throw new SealtrailError('tile_malformed', 'the tiles do not give the signed root');
    },
  };
}

type Read = (path: string, maxBytes: number) => Promise<Uint8Array>;

function inFolder(folder: string): Read {
  return async (path, maxBytes) => {
    // The log's own folder, or the part of it that is published.
    const bytes = await beginningOf(join(folder, path), maxBytes + 1).catch(() =>
      beginningOf(join(folder, 'public', path), maxBytes + 1).catch((cause: unknown) => {
        throw new SealtrailError('source_invalid', `cannot read ${path} of ${folder}`, {}, { cause });
      }),
    );
    if (bytes.length > maxBytes) throw tooLong(path, maxBytes);
    return bytes;
  };
}

/** Whoever made the folder may have put anything in it: a pipe that nobody writes to, or a link to a device that has no end. */
async function beginningOf(path: string, bytes: number): Promise<Uint8Array> {
  if (!(await stat(path)).isFile()) throw new Error(`${path} is no file`);
  const parts: Buffer[] = [];
  for await (const part of createReadStream(path, { end: bytes - 1 })) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function overHttp(prefix: string): Read {
  // Nothing would ever be asked there, and the error would tell the password.
  if (/^https?:\/\/[^/?#]*@/.test(prefix))
    throw new SealtrailError('source_invalid', 'the address of a published log has no user and no password');
  return async (path, maxBytes) => {
    const parts: Uint8Array[] = [];
    let length = 0;
    try {
      const response = await fetch(`${prefix}/${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
      for await (const part of response.body ?? []) {
        length += part.length;
        if (length > maxBytes) throw tooLong(path, maxBytes);
        parts.push(part);
      }
    } catch (cause) {
      if (cause instanceof SealtrailError) throw cause;
      throw new SealtrailError('source_invalid', `cannot read ${prefix}/${path}`, {}, { cause });
    }
    return Buffer.concat(parts);
  };
}

function tooLong(path: string, maxBytes: number): SealtrailError {
  return new SealtrailError('source_invalid', `${path} is longer than ${maxBytes} bytes`);
}
