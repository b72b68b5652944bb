import { canonicalize, type FindingCode } from '@sealtrail/format';
import { verifyTenant } from '@sealtrail/verifier';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleLines, openBundleFile, verifyBundle } from '../support/bundle-file.ts';
import { buildLog, type LogShape } from '../support/memory-log.ts';
import { editEntry, removeEntries } from '../support/tamper.ts';

/** Line 0 is the header, 1 the tenant, 2 an anchor, 3 to 6 the entries 0 to 3, 7 an anchor, 8 to 11 the entries 4 to 7. */
const SHAPE: LogShape = { entries: 10, segments: [4, 4] };
const good = bundleLines([buildLog(SHAPE), buildLog({ tenant: 'beta', entries: 3 })]);
const BETA = good.findIndex((line) => line.includes('{"tenant":{') && line.includes('"beta"'));

interface Line {
  readonly name: string;
  readonly change: (lines: string[]) => unknown;
  readonly wantCode: FindingCode;
  /** Null when no finding has a position. */
  readonly wantPosition: number | null;
}

const at = (line: number, change: (text: string) => string) => (lines: string[]) =>
  lines.with(line, change(lines[line] as string));

const tenantLine = (change: (tenant: Record<string, unknown>) => void) =>
  at(1, (text) => {
    const { tenant } = JSON.parse(text) as { tenant: Record<string, unknown> };
    change(tenant);
    return canonicalize({ tenant });
  });

async function firstBroken(lines: readonly string[] | Uint8Array) {
  const { report, logs } = await verifyBundle(lines);
  const findings = [...report.findings, ...logs.flatMap((log) => log.findings)];
  const positions = findings.flatMap(({ position }) => (position === null ? [] : [position]));
  const position = positions.length === 0 ? null : Math.min(...positions);
  const codes = findings.filter((one) => one.position === position).map(({ code }) => code);
  return { status: report.status, position, codes, logs };
}

async function expectFound({ change, wantCode, wantPosition }: Line): Promise<void> {
  const lines = [...good];
  const changed = change(lines);
  const { status, position, codes } = await firstBroken(
    Array.isArray(changed) ? (changed as string[]) : lines,
  );
  expect({ status, position, codes }).toEqual({
    status: 'broken',
    position: wantPosition,
    codes: expect.arrayContaining([wantCode]),
  });
}

describe('a line that makes no sense ends the reading', () => {
  const malformed = (name: string, change: Line['change'], wantPosition: number | null): Line => ({
    name,
    change,
    // What the tenant line promised and did not come is missing besides.
    wantCode: wantPosition === null ? 'bundle_malformed' : 'truncated',
    wantPosition,
  });

  it.each<Line>([
    malformed(
      'white space in an entry',
      at(5, (t) => t.replace(':', ': ')),
      2,
    ),
    malformed(
      'white space in openings',
      at(6, (t) => t.replace('"openings":{', '"openings":{ ')),
      3,
    ),
    malformed(
      'an escape that is not needed in openings',
      at(6, (t) => t.replace('because', '\\u0062ecause')),
      3,
    ),
    malformed(
      'a name twice in openings',
      at(6, (t) => t.replace('"salt":', '"salt":"","salt":')),
      3,
    ),
    malformed(
      'text after the openings',
      at(6, (t) => `${t} `),
      3,
    ),
    malformed(
      'a member after the openings',
      at(6, (t) => `${t.slice(0, -1)},"seen":true}`),
      3,
    ),
    malformed(
      'a member before the entry',
      at(5, (t) => t.replace('{', '{"a":1,')),
      2,
    ),
    malformed(
      'openings that are not there',
      at(6, (t) => `${t.slice(0, t.indexOf(',"openings"'))}}`),
      3,
    ),
    malformed(
      'a line deeper than allowed',
      at(5, () => `{"entry":${'['.repeat(35)}${']'.repeat(35)},"openings":{}}`),
      2,
    ),
    malformed(
      'white space in an anchor',
      at(7, (t) => t.replace(',', ', ')),
      4,
    ),
    malformed(
      'a member after the anchor',
      at(7, (t) => `${t.slice(0, -1)},"x":1}`),
      4,
    ),
    malformed(
      'an anchor that is no object',
      at(7, () => '{"anchor":null}'),
      4,
    ),
    malformed('an empty line', (lines) => lines.toSpliced(5, 0, ''), 2),
    malformed('an unknown kind of line', (lines) => lines.toSpliced(5, 0, '{"note":"x"}'), 2),
    malformed('the header again', (lines) => lines.toSpliced(5, 0, lines[0] as string), 2),
    malformed(
      'tenants out of order',
      at(BETA, (t) => t.replace('"tenant":"beta"', '"tenant":"Acme"')),
      null,
    ),
    malformed('the same tenant twice', (lines) => lines.toSpliced(BETA, 0, ...lines.slice(1, BETA)), null),
    malformed('an entry before any tenant', (lines) => lines.toSpliced(1, 0, lines[3] as string), null),
    malformed('something after the last line', (lines) => [...lines, '{}'], null),
    malformed('the last line twice', (lines) => [...lines, lines.at(-1) as string], null),
    malformed(
      'wrong counts',
      at(good.length - 1, (t) => t.replace('"entries":13', '"entries":12')),
      null,
    ),
    {
      name: 'the last line gone',
      change: (lines) => lines.slice(0, -1),
      wantCode: 'bundle_truncated',
      wantPosition: null,
    },
    { name: 'the end gone', change: (lines) => lines.slice(0, 7), wantCode: 'truncated', wantPosition: 4 },
    // Read on: the text is canonical, only its own rules are broken.
    {
      name: 'openings without a salt',
      change: at(6, (t) => t.replace(/"salt":"[0-9a-f]+",/, '')),
      wantCode: 'opening_malformed',
      wantPosition: 3,
    },
    {
      name: 'an entry as deep as a line may be',
      change: at(5, () => `{"entry":${'['.repeat(34)}${']'.repeat(34)},"openings":{}}`),
      wantCode: 'entry_malformed',
      wantPosition: 2,
    },
    {
      name: 'an anchor with a member more',
      change: at(7, (t) => t.replace('"v":1}', '"v":1,"w":1}')),
      wantCode: 'anchor_malformed',
      wantPosition: 4,
    },
  ])('$name', expectFound);

  it('which says the same of every later log: nothing', async () => {
    const { logs } = await firstBroken(good.with(5, 'x'));
    expect(logs.map(({ tenant, walked }) => [tenant, walked])).toEqual([['acme', 2]]);
  });

  it('but what came before it keeps its verdict', async () => {
    const log = buildLog(SHAPE);
    editEntry(log, 1, (entry) => void (entry['data'] = {}));
    const lines = bundleLines([log]);
    for (const bad of ['x', '{"entry":{', '{"anchor":{"a": 1}}', '{"anchor":1}', '\u0000']) {
      expect(await firstBroken(lines.with(9, bad))).toMatchObject({ status: 'broken', position: 1 });
    }
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    bytes[bytes.indexOf('evt-6')] = 0xff;
    const { position, logs } = await firstBroken(bytes);
    expect({ position, walked: logs[0]?.walked }).toEqual({ position: 1, walked: 6 });
    const long = lines.with(9, 'x'.repeat(9_000_000));
    expect(await firstBroken(long)).toMatchObject({ status: 'broken', position: 1 });
  });

  it('is a finding of the log that it stands behind', async () => {
    const { '0': header, '3': entry } = good as [string, string, string, string];
    const bad = [
      'x',
      '',
      '{}',
      '{"note":1}',
      '{"anchor":null}',
      '{"tenanx":{}}',
      `${entry} `,
      header,
      ' {"end":{}}',
    ];
    for (const line of bad) {
      const lines = good.toSpliced(BETA, 0, line);
      const { logs } = await firstBroken(lines);
      expect(logs, line).toMatchObject([{ tenant: 'acme', findingCodes: { bundle_malformed: 1 } }]);
      const asked = await verifyTenant(await openBundleFile(lines), 'acme');
      expect(asked, line).toMatchObject({ status: 'broken', findingCodes: { bundle_malformed: 1 } });
    }
  });

  it('is none of the log before a line that begins as another log or the end does', async () => {
    for (const line of [
      '{"tenant":{}}',
      '{"tenant":x',
      '{"end":null}',
      `${good.at(-1)} `,
      good[1] as string,
    ]) {
      const { status, logs } = await firstBroken(good.toSpliced(BETA, 0, line));
      expect({ status, logs }, line).toMatchObject({ status: 'broken', logs: [{ status: 'valid' }] });
    }
  });

  it('is a finding when one log is asked for, in whatever way', async () => {
    const source = await openBundleFile(good.slice(0, 9));
    for (const options of [{}, { segments: [0] }, { from: 4 }]) {
      const report = await verifyTenant(source, 'acme', options);
      expect(report.status).toBe('broken');
      expect(report.findingCodes).toHaveProperty('bundle_truncated');
    }
  });
});

describe('lines in another order', () => {
  const move = (from: number, to: number) => (lines: string[]) => {
    const [line] = lines.splice(from, 1) as [string];
    lines.splice(to, 0, line);
  };
  it.each<Line>([
    {
      name: 'an anchor after the first entry of its segment',
      change: move(7, 8),
      wantCode: 'bundle_malformed',
      wantPosition: 4,
    },
    {
      name: 'an anchor after its segment',
      change: move(7, 11),
      wantCode: 'bundle_malformed',
      wantPosition: 4,
    },
    {
      name: 'an anchor before the segment before',
      change: move(7, 3),
      wantCode: 'bundle_malformed',
      wantPosition: 4,
    },
    { name: 'an anchor one entry early', change: move(7, 6), wantCode: 'bundle_malformed', wantPosition: 4 },
    {
      name: 'anchors swapped',
      change: (lines) => void ([lines[2], lines[7]] = [lines[7] as string, lines[2] as string]),
      wantCode: 'anchor_gap',
      wantPosition: 0,
    },
    { name: 'two entries swapped', change: move(9, 10), wantCode: 'duplicate', wantPosition: 5 },
    {
      name: 'an entry twice',
      change: (lines) => void lines.splice(9, 0, lines[9] as string),
      wantCode: 'duplicate',
      wantPosition: 5,
    },
    {
      name: 'an entry of another log',
      change: (lines) => void (lines[9] = lines[BETA + 2] as string),
      wantCode: 'column_mismatch',
      wantPosition: 1,
    },
  ])('$name', expectFound);
});

describe('the tenant line', () => {
  it.each<Line>([
    {
      name: 'names an earlier entry as the last',
      change: tenantLine((t) => {
        t['head'] = {
          ...(t['head'] as object),
          seq: 8,
          hash: buildLog(SHAPE).entries[8]?.['hash'],
          time: buildLog(SHAPE).entries[8]?.['time'],
        };
      }),
      wantCode: 'head_mismatch',
      wantPosition: 8,
    },
    {
      name: 'names no anchor',
      change: tenantLine((t) => void (t['anchor'] = null)),
      wantCode: 'head_mismatch',
      wantPosition: null,
    },
    {
      name: 'names an older anchor',
      change: tenantLine((t) => {
        t['anchor'] = { number: 0, hash: buildLog(SHAPE).anchors[0]?.['hash'] };
      }),
      wantCode: 'head_mismatch',
      wantPosition: null,
    },
    {
      name: 'names an anchor that is not there',
      change: tenantLine((t) => {
        t['anchor'] = { number: 2, hash: 'ab'.repeat(32) };
      }),
      wantCode: 'anchor_missing',
      wantPosition: 8,
    },
    {
      name: 'begins later than the entries',
      change: tenantLine((t) => void (t['from'] = 4)),
      wantCode: 'duplicate',
      wantPosition: 0,
    },
    {
      name: 'begins earlier than the entries',
      change: (lines) => void lines.splice(2, 5),
      wantCode: 'gap',
      wantPosition: 0,
    },
  ])('$name', expectFound);
});

describe('a range of a changed bundle', () => {
  it('begins where the texts say, not where the lines are', async () => {
    const log = buildLog(SHAPE);
    removeEntries(log, 2);
    const source = await openBundleFile(bundleLines([log]));
    expect(await verifyTenant(source, 'acme', { from: 5 })).toMatchObject({ status: 'valid', walked: 5 });
    expect(await verifyTenant(source, 'acme', { to: 5 })).toMatchObject({ status: 'broken', position: 2 });
  });
});

describe('lines changed at random', () => {
  it('are never valid, unless only the note of when the bundle was made is another', async () => {
    const change = fc.record({
      line: fc.nat(),
      at: fc.nat(),
      how: fc.constantFrom('character', 'drop', 'repeat', 'swap', 'cut'),
      text: fc.oneof(
        fc.constantFrom('', '"', '}', '{', ',', '0', ' ', '\n', '\ud800'),
        fc.string({ maxLength: 2 }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        let lines = [...good];
        for (const { line, at: anywhere, how, text } of changes) {
          const i = line % lines.length;
          const one = lines[i] as string;
          const j = anywhere % (one.length + 1);
          if (how === 'character') lines[i] = one.slice(0, j) + text + one.slice(j + (anywhere % 2));
          if (how === 'drop' && lines.length > 1) lines.splice(i, 1);
          if (how === 'repeat') lines.splice(j % lines.length, 0, one);
          if (how === 'swap')
            lines = lines.with(i, lines[j % lines.length] as string).with(j % lines.length, one);
          if (how === 'cut') lines = [...lines.slice(0, i), one.slice(0, j)];
        }
        const opened = await firstBroken(lines).catch((error: unknown) => {
          // Thrown only for the first line: then it is not a bundle at all.
          expect(error).toMatchObject({ name: 'SealtrailError' });
          expect(lines[0]).not.toBe(good[0]);
        });
        if (opened?.status === 'valid') expect(lines.slice(1)).toEqual(good.slice(1));
      }),
      { numRuns: 400 },
    );
  });
});

describe('anchors that stand before their turn', () => {
  it('are each named, the first of them first', async () => {
    const lines = bundleLines([buildLog({ entries: 9, segments: [3, 3, 3] })]);
    const [, second = 0, third = 0] = lines.flatMap((line, i) => (line.startsWith('{"anchor":') ? [i] : []));
    const moved = lines.filter((_, i) => i !== second && i !== third);
    // Before the last entry of the first segment.
    moved.splice(second - 1, 0, lines[second] as string, lines[third] as string);
    const { status, position, codes, logs } = await firstBroken(moved);
    expect([status, position, codes]).toEqual(['broken', 3, ['bundle_malformed']]);
    expect(logs.flatMap(({ findings }) => findings.map((one) => one.position))).toEqual([3, 6]);
  });
});
