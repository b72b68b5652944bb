import { gzipSync } from 'node:zlib';
import { openSource, type TenantReport, verifyTenant } from '@sealtrail/verifier';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundleFile, bundleLines } from '../support/bundle-file.ts';
import { buildLog } from '../support/memory-log.ts';

/** Segments of 5 entries, then 4 entries under no anchor. */
const SIZE = 5;
const COUNT = 8;
const lines = bundleLines([
  buildLog({ entries: COUNT * SIZE + 4, segments: Array<number>(COUNT).fill(SIZE) }),
  buildLog({ tenant: 'beta', entries: 9, segments: [4, 4] }),
]);
const text = (of: readonly string[]): Buffer => Buffer.from(of.map((line) => `${line}\n`).join(''));
/** The lines of the first section. */
const FIRST = 2;
const LAST = lines.findIndex((line) => line.startsWith('{"tenant":{') && line.includes('beta')) - 1;
const isAnchor = (i: number): boolean => (lines[i] as string).startsWith('{"anchor":{');
/** The segment that a line belongs to; the entries under no anchor count as one more. */
const segmentOf = (i: number): number => {
  const before = lines.slice(FIRST, i + 1).filter((_, k) => isAnchor(FIRST + k)).length;
  const entries = i - FIRST + 1 - before;
  return entries > COUNT * SIZE ? COUNT : before - 1;
};

async function verify(content: Uint8Array, segments: readonly number[]): Promise<TenantReport> {
  const source = await openSource(bundleFile(content));
  onTestFinished(() => source.close());
  return verifyTenant(source, 'acme', { segments });
}

const someSegments = fc.subarray(
  Array.from({ length: COUNT }, (_, i) => i),
  { minLength: 1 },
);

describe('chosen segments of a bundle', () => {
  it('get the same report whether they are jumped to or all before them is read', async () => {
    await fc.assert(
      fc.asyncProperty(someSegments, async (segments) => {
        const jumped = await verify(text(lines), segments);
        expect(jumped).toMatchObject({ status: 'valid', walked: segments.length * SIZE });
        expect(jumped).toEqual(await verify(gzipSync(text(lines)), segments));
      }),
      { numRuns: 20 },
    );
  });

  it('are broken by any change of them or of an anchor, and by none elsewhere', async () => {
    const change = fc.record({
      at: fc.integer({ min: FIRST, max: LAST - 1 }),
      kind: fc.constantFrom('flip', 'delete', 'repeat', 'swap'),
      character: fc.nat(),
      segments: someSegments,
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, kind, character, segments }) => {
        const changed = [...lines];
        const line = lines[at] as string;
        if (kind === 'flip') {
          // Behind what tells the kinds of lines apart.
          const i = 10 + (character % (line.length - 10));
          changed[at] = line.slice(0, i) + (line[i] === '0' ? '1' : '0') + line.slice(i + 1);
        } else if (kind === 'delete') changed.splice(at, 1);
        else if (kind === 'repeat') changed.splice(at, 0, line);
        else changed.splice(at, 2, lines[at + 1] as string, line);
        const touched = kind === 'swap' ? [at, at + 1] : [at];
        // What stands behind the last segment is read in one piece with it, and may or may not be looked at.
        fc.pre(!(segments.includes(COUNT - 1) && touched.some((i) => segmentOf(i) === COUNT)));
        const isChosen = touched.some((i) => segments.includes(segmentOf(i)));
        // Where the anchor of another segment stands is looked at when all of the log is walked.
        const ofChain = kind !== 'swap' && isAnchor(at);
        const report = await verify(text(changed), segments);
        expect(report.status).toBe(isChosen || ofChain ? 'broken' : 'valid');
      }),
      { numRuns: 300 },
    );
  });

  it('are not valid in a file that was cut anywhere behind the first line', async () => {
    const [header = '', tenant = ''] = lines;
    const end = text(lines.slice(0, LAST + 2)).length;
    const cut = fc.integer({ min: header.length + 1, max: end - 1 });
    await fc.assert(
      fc.asyncProperty(cut, someSegments, async (length, segments) => {
        const whole = header.length + tenant.length + 2;
        const report = await verify(text(lines).subarray(0, length), segments).catch(() => undefined);
        if (length >= whole) expect(report?.findingCodes).toBeDefined();
        expect(report?.status).not.toBe('valid');
      }),
      { numRuns: 200 },
    );
  });

  it('of a log behind others are found, and end where it does', async () => {
    const source = await openSource(bundleFile(text(lines)));
    onTestFinished(() => source.close());
    expect(await verifyTenant(source, 'beta', { segments: [1] })).toMatchObject({
      status: 'valid',
      walked: 4,
    });
    expect(await verifyTenant(source, 'acme', { segments: [7] })).toMatchObject({
      status: 'valid',
      walked: 5,
    });
    await expect(verifyTenant(source, 'beta', { segments: [2] })).rejects.toMatchObject({
      code: 'config_invalid',
    });
  });
});
