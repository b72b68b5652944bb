import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vectorPath } from '../vectors/load.ts';
import { sealtrailVerify } from './helpers/bins.ts';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-gzip-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** In gzip, with what its header may hold besides: extra fields, a name, a comment (RFC 1952). */
function packed(bytes: Buffer, extra: number, comment: number): Buffer {
  const plain = gzipSync(bytes);
  const header = Buffer.from(plain.subarray(0, 10));
  header[3] = 0x04 | 0x10;
  const size = Buffer.from([extra & 0xff, extra >> 8]);
  return Buffer.concat([
    header,
    size,
    Buffer.alloc(extra, 1),
    Buffer.alloc(comment, 0x78),
    Buffer.from([0]),
    plain.subarray(10),
  ]);
}

describe('what a file in gzip holds is told', () => {
  it.each([
    ['evidence', 'evidence/entry.jsonl'],
    ['a bundle', 'log.bundle.jsonl'],
  ])('%s behind a long header, from a pipe as well', async (_, file) => {
    const bytes = await readFile(vectorPath(file));
    const expected = await sealtrailVerify([vectorPath(file), '--json']);
    expect(expected.code).toBe(0);
    for (const [extra, comment] of [
      [0, 5_000],
      [65_535, 10_000],
    ] as const) {
      const path = join(dir, 'packed.gz');
      await writeFile(path, packed(bytes, extra, comment));
      expect(await sealtrailVerify([path, '--json'])).toEqual(expected);
      expect(await sealtrailVerify(['-', '--json'], packed(bytes, extra, comment))).toEqual(expected);
    }
  });
});
