import { gzipSync } from 'node:zlib';
import { openSource, type TenantReport, verifyTenant } from '@sealtrail/verifier';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bundleFile, bundleLines } from '../support/bundle-file.ts';
import { buildLog } from '../support/memory-log.ts';

const TENANTS = ['acme', 'beta', 'delta'];
const lines = bundleLines(TENANTS.map((tenant, i) => buildLog({ tenant, entries: 9 + i, segments: [4, 4] })));
const text = (of: readonly string[]): Buffer => Buffer.from(of.map((line) => `${line}\n`).join(''));

async function verify(content: Uint8Array, tenant: string): Promise<TenantReport> {
  const source = await openSource(bundleFile(content));
  onTestFinished(() => source.close());
  return verifyTenant(source, tenant);
}

describe('one log of a bundle', () => {
  it('gets the same report whether it is jumped to or all before it is read', async () => {
    for (const tenant of [...TENANTS, 'aaaa', 'carl', 'zeta']) {
      const jumped = await verify(text(lines), tenant);
      expect(jumped).toEqual(await verify(gzipSync(text(lines)), tenant));
      expect(jumped.status).toBe(TENANTS.includes(tenant) ? 'valid' : 'unverifiable');
    }
  });

  it('is not judged by what stands in other sections', async () => {
    const at = lines.findIndex((line) => line.startsWith('{"entry":'));
    for (const other of [[], ['what is this'], [lines[at] as string, lines[at] as string]]) {
      const changed = lines.toSpliced(at, 1, ...other);
      expect((await verify(text(changed), 'acme')).status).toBe('broken');
      expect(await verify(text(changed), 'delta')).toEqual(await verify(text(lines), 'delta'));
    }
  });

  it('is read from a source more than once', async () => {
    const source = await openSource(bundleFile(text(lines)));
    onTestFinished(() => source.close());
    const found = [];
    for (const tenant of ['delta', 'acme', 'delta', 'beta']) found.push(await verifyTenant(source, tenant));
    expect(found.map(({ status, walked }) => [status, walked])).toEqual([
      ['valid', 11],
      ['valid', 9],
      ['valid', 11],
      ['valid', 10],
    ]);
  });
});
