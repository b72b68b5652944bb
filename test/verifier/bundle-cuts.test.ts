import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cutSection, type Section } from '../../packages/verifier/dist/readers/bundle-cuts.js';
import { bundleFile, bundleLines } from '../support/bundle-file.ts';
import { buildLog, type LogShape } from '../support/memory-log.ts';

const SEGMENTS = Array<number>(50).fill(4);
const long = (shape: LogShape = {}) => buildLog({ entries: 210, segments: SEGMENTS, ...shape });

async function cut(path: string, section: Section, size: number) {
  const parts = [];
  for await (const part of cutSection(path, section, size)) parts.push(part);
  return parts;
}

/** The section of the first tenant of a file. */
function firstSection(path: string): { section: Section; end: number; text: Buffer } {
  const text = readFileSync(path);
  const start = text.indexOf('\n', text.indexOf('\n') + 1) + 1;
  const following = ['\n{"tenant":', '\n{"end":'].map((mark) => text.indexOf(mark, start) + 1);
  const end = Math.min(text.length, ...following.filter((at) => at > 0));
  return { section: { tenant: 'acme', from: 0, head: 209, start }, end, text };
}

describe('a section of a bundle', () => {
  const files = {
    alone: bundleLines([long()]),
    'with others behind it': bundleLines([
      long(),
      ...['beta', 'delta', 'gamma'].map((tenant) => long({ tenant })),
    ]),
    'whose first entries are the longest': bundleLines([
      long({ data: (seq) => ({ text: 'x'.repeat(seq < 40 ? 5_000 : 0) }) }),
    ]),
    'whose last entries are the longest': bundleLines([
      long({ data: (seq) => ({ text: 'ü'.repeat(seq > 160 ? 5_000 : 0) }) }),
    ]),
  };

  it.each(Object.entries(files))(
    '%s is cut where anchors stand, without a gap and whatever its head says',
    async (_, lines) => {
      const path = bundleFile(lines);
      const { section, end, text } = firstSection(path);
      const heads = [209, 0, -1, Number.MAX_SAFE_INTEGER];
      for (const [head, size] of heads.flatMap((head) =>
        [1, 4, 30, 100].map((size) => [head, size] as const),
      )) {
        const parts = await cut(path, { ...section, head }, size);
        expect(parts.length).toBeGreaterThan(1);
        let { from, start } = section;
        for (const { bytes, ...part } of parts) {
          expect({ from: part.from, start: bytes.start }).toEqual({ from, start });
          const line = text.toString('utf8', bytes.start, bytes.start + 4_096);
          expect(line).toMatch(/^\{"anchor":\{/);
          expect(line).toContain(`"from":${from},`);
          start = bytes.end;
          if (part.to === undefined) continue;
          expect(part.to - part.from + 1).toBeGreaterThanOrEqual(size);
          from = part.to + 1;
        }
        expect(parts.filter(({ to }) => to === undefined)).toEqual(parts.slice(-1));
        expect(start).toBe(end);
      }
    },
  );

  it('is not passed off as whole when the file ends before it', async () => {
    const path = bundleFile(files.alone.slice(0, -1));
    await expect(cut(path, firstSection(path).section, 30)).rejects.toMatchObject({
      code: 'bundle_truncated',
    });
  });

  it('is not cut when no anchor stands far enough in it', async () => {
    const path = bundleFile(files['with others behind it']);
    const { section } = firstSection(path);
    expect(await cut(path, section, 201)).toEqual([]);
    expect(await cut(path, { ...section, tenant: 'zeta' }, 4)).toEqual([]);
  });
});
