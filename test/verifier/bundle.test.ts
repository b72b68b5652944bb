import { readdirSync } from 'node:fs';
import { isSealtrailError } from '@sealtrail/format';
import { openSource, verifyAll, verifyTenant } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { bundleFile, bundleLines, openBundleFile, verifyBundle } from '../support/bundle-file.ts';
import { buildLog, type LogShape } from '../support/memory-log.ts';

const SHAPE: LogShape = { entries: 15, segments: [4, 4, 4] };
const acme = buildLog(SHAPE);
const beta = buildLog({ tenant: 'beta', entries: 3 });

describe('a bundle', () => {
  it('of several logs is valid, with exact counts', async () => {
    const { report, logs } = await verifyBundle(bundleLines([acme, beta]));
    expect(report).toMatchObject({ status: 'valid', tenants: 2, valid: 2, walked: 18, findings: [] });
    expect(logs[0]).toMatchObject({
      tenant: 'acme',
      walked: 15,
      anchors: { checked: 3, through: 11 },
      unanchored: { from: 12, to: 14, count: 3 },
      openings: { checked: 13 },
    });
  });

  it('without openings says that they were not checked', async () => {
    const { report, logs } = await verifyBundle(bundleLines([acme], { openings: 'withheld' }));
    expect(report.status).toBe('valid');
    expect(logs[0]).toMatchObject({ openings: { checked: 0 }, findings: [] });
    expect(logs[0]?.notChecked.map(({ code }) => code)).toContain('openings_withheld');
  });

  it('that begins in the middle says what it leaves out', async () => {
    const { report, logs } = await verifyBundle(bundleLines([acme], { from: 8 }));
    expect(report.status).toBe('valid');
    expect(logs[0]).toMatchObject({ range: { from: 8, to: 14 }, anchors: { checked: 1, through: 11 } });
    expect(logs[0]?.notChecked.map(({ code }) => code)).toContain('positions_before');
  });

  it('says that nobody can tell whether a log was taken out of it', async () => {
    for (const logs of [[acme, beta], [acme]]) {
      const { report } = await verifyBundle(bundleLines(logs));
      expect(report.status).toBe('valid');
      expect(report.notChecked.map(({ code }) => code)).toEqual(['other_logs']);
    }
  });

  it('without any log gives no verdict', async () => {
    expect((await verifyBundle(bundleLines([]))).report).toMatchObject({
      status: 'unverifiable',
      tenants: 0,
    });
  });

  it('is read the same in any pieces', async () => {
    // Larger than what is read at once, with characters of several bytes on the borders.
    const log = buildLog({
      entries: 900,
      segments: [500],
      data: (seq) => ({ text: 'ä€😀'.repeat(seq % 90) }),
    });
    const lines = bundleLines([log]);
    expect(Buffer.byteLength(lines.join('\n'))).toBeGreaterThan(3 << 17);
    expect((await verifyBundle(lines)).report).toMatchObject({ status: 'valid', walked: 900 });
  });

  it('answers for one log, in ranges and segments, as often as asked', async () => {
    const source = await openBundleFile(bundleLines([acme, beta]));
    expect(await verifyTenant(source, 'beta')).toMatchObject({ status: 'valid', walked: 3 });
    expect(await verifyTenant(source, 'acme', { from: 4, to: 7 })).toMatchObject({
      status: 'valid',
      walked: 4,
      range: { from: 4, to: 7 },
      anchors: { checked: 1, through: 7 },
    });
    expect(await verifyTenant(source, 'acme', { segments: [0, 2] })).toMatchObject({
      status: 'valid',
      walked: 8,
    });
    expect(await verifyTenant(source, 'acme', { from: 5 })).toMatchObject({ status: 'valid', walked: 10 });
    expect(await verifyTenant(source, 'nobody')).toMatchObject({ status: 'unverifiable', walked: 0 });
    const reader = await source.log('acme');
    for (let i = 0; i < 2; i++) {
      let entries = 0;
      for await (const batch of reader.walk({ from: 0 })) entries += batch.entries.length;
      expect(entries).toBe(15);
    }
  });

  it.runIf(process.platform === 'linux')('leaves no file open, however a walk ends', async () => {
    const path = bundleFile(bundleLines([acme, beta]));
    const before = readdirSync('/proc/self/fd').length;
    const source = await openSource(path);
    await verifyTenant(source, 'acme', { to: 2 });
    await verifyTenant(source, 'acme', { segments: [1] });
    await verifyTenant(source, 'acme', { segments: [] });
    await expect(verifyTenant(source, 'acme', { from: 5, to: 4 })).rejects.toMatchObject({
      code: 'config_invalid',
    });
    await expect(verifyTenant(source, 'acme', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    await expect(verifyAll(source, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    await source.close();
    expect(readdirSync('/proc/self/fd')).toHaveLength(before);
  });
});

describe('what is no bundle is not opened:', () => {
  it.each<[string, readonly string[] | Uint8Array]>([
    ['an empty file', []],
    ['an empty line', ['']],
    ['text', ['hello']],
    [
      'a bundle of another format',
      ['{"bundle":{"format":"sealtrail-bundle/2","openings":"included","time":"2026-03-02T08:00:00.000Z"}}'],
    ],
    [
      'a header with a member more',
      bundleLines([beta]).with(
        0,
        '{"bundle":{"format":"sealtrail-bundle/1","openings":"included","time":"2026-03-02T08:00:00.000Z","x":1}}',
      ),
    ],
    ['a header that is not first', bundleLines([beta]).slice(1)],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x0a)],
    ['a byte order mark', Buffer.from(`\ufeff${bundleLines([beta]).join('\n')}\n`)],
    ['line ends of another kind', Buffer.from(bundleLines([beta]).join('\r\n'))],
    ['one line without its end', Buffer.from(bundleLines([beta])[0] as string)],
  ])('%s', async (_, content) => {
    const error = await openSource(bundleFile(content)).catch((thrown: unknown) => thrown);
    expect(isSealtrailError(error)).toBe(true);
    expect(['bundle_malformed', 'bundle_truncated']).toContain((error as { code: string }).code);
  });

  it('a file that is not there', async () => {
    const path = bundleFile([]);
    await expect(openSource(`${path}.gone`)).rejects.toMatchObject({ code: 'source_invalid' });
  });
});
