import { isSealtrailError } from '@sealtrail/format';
import { verifyAll } from '@sealtrail/verifier';
import { openBundleStream, verifyTenant } from '@sealtrail/verifier/stream';
import { describe, expect, it } from 'vitest';
import { bundleLines, verifyBundle } from '../support/bundle-file.ts';
import { buildLog } from '../support/memory-log.ts';

const log = buildLog({
  entries: 40,
  segments: [16, 16],
  data: (seq) => ({ text: 'ä€😀'.repeat(seq) }),
});
const LINES = bundleLines([log, buildLog({ tenant: 'beta', entries: 3 })]);
const BYTES = Buffer.from(`${LINES.join('\n')}\n`);

/** A stream in pieces of `size` bytes, and how often it was begun and given up. */
function streamOf(bytes: Uint8Array, size: number) {
  const counts = { begun: 0, ended: 0 };
  const open = async function* (): AsyncGenerator<Uint8Array> {
    counts.begun++;
    try {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    } finally {
      counts.ended++;
    }
  };
  return { open, counts };
}

describe('a bundle that comes as a stream', () => {
  it.each([1, 7, 1_000, BYTES.length])('is read as the file is, in pieces of %i', async (size) => {
    const { open } = streamOf(BYTES, size);
    const source = await openBundleStream(open);
    const fromFile = await verifyBundle(LINES);
    expect(await verifyAll(source)).toEqual(fromFile.report);
    expect(fromFile.report).toMatchObject({ status: 'valid', walked: 43 });
  });

  it('is begun once for one walk, and given up when the source is closed', async () => {
    const { open, counts } = streamOf(BYTES, 64);
    const source = await openBundleStream(open);
    expect(await verifyTenant(source, 'acme')).toMatchObject({ status: 'valid', walked: 40 });
    expect(counts.begun).toBe(1);
    expect(await verifyTenant(source, 'beta')).toMatchObject({ status: 'valid', walked: 3 });
    expect(counts.begun).toBe(2);
    await source.close();
    expect(counts.ended).toBe(counts.begun);
  });

  it.each([
    ['cut in the middle of a line', BYTES.subarray(0, BYTES.length >> 1)],
    ['cut at the end of a line', Buffer.from(`${LINES.slice(0, -3).join('\n')}\n`)],
    ['no UTF-8 any more', Buffer.concat([BYTES.subarray(0, 9_000), Buffer.of(0xff), BYTES.subarray(9_000)])],
    [
      'begun with a byte order mark in a later line',
      Buffer.from(`${LINES.join('\n').replace(/\n(?=\{"end")/, '\n\ufeff')}\n`),
    ],
  ])('that is %s is broken, as the file is', async (_, bytes) => {
    const source = await openBundleStream(streamOf(bytes, 50).open);
    const report = await verifyAll(source);
    expect(report.status).toBe('broken');
    expect(report.findings[0]?.code).toMatch(/^bundle_(malformed|truncated)$/);
  });

  it('that is something else is refused', async () => {
    const { open, counts } = streamOf(Buffer.from('<!doctype html>\n'), 5);
    await expect(openBundleStream(open)).rejects.toSatisfy((error) =>
      isSealtrailError(error, 'bundle_malformed'),
    );
    expect(counts.ended).toBe(counts.begun);
  });

  it('that cannot be fetched is an error, not a verdict', async () => {
    let begun = 0;
    const source = await openBundleStream(async function* () {
      begun++;
      yield BYTES.subarray(0, 2_000);
      throw new Error('the connection was lost');
    });
    await expect(verifyTenant(source, 'acme')).rejects.toThrow('the connection was lost');
    expect(begun).toBe(1);
  });
});
