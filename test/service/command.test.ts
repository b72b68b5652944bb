import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { jsonLines, sealtrail } from '../cli/helpers/bins.ts';
import { fill } from '../cli/helpers/stores.ts';
import { newSqlitePlace } from '../support/places.ts';
import { reports } from '../support/verified.ts';

const BIN = fileURLToPath(
  import.meta.resolve('@sealtrail/cli/package.json').replace(/package\.json$/, 'dist/main.js'),
);

/** Runs `sealtrail console` until it says where it is. */
async function running(store: string): Promise<{
  url: string;
  token: string | undefined;
  stop(): Promise<{ code: number | null; stderr: string }>;
}> {
  const child = spawn(process.execPath, [BIN, 'console', store, '--port', '0']);
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let url = '';
  let token: string | undefined;
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const at = /^console: (http:\S+)\/$/.exec(line)?.[1];
    if (at !== undefined) url = at;
    token = /#token=(st_\S+)$/.exec(line)?.[1] ?? token;
    if (line === 'ready') break;
  }
  return {
    url,
    token,
    stop: async () => {
      child.kill('SIGTERM');
      return { code: await exited, stderr };
    },
  };
}

describe('sealtrail console', () => {
  it('prints a first token once, serves, and ends when it is asked to', async () => {
    const { location, folder } = await newSqlitePlace();
    await fill(join(folder, 'log.db'), { acme: { entries: 5, anchored: 4 } });
    const first = await running(location);
    expect(first.token).toMatch(/^st_/);
    const headers = { authorization: `Bearer ${first.token}` };
    const page = await fetch(`${first.url}/api/v1/tenants/acme/entries`, { headers });
    expect(((await page.json()) as { entries: unknown[] }).entries).toHaveLength(6);
    const { code, stderr } = await first.stop();
    expect(code).toBe(0);
    expect(stderr).toContain('"operation":"entries"');
    expect(stderr).not.toContain(String(first.token));
    const second = await running(location);
    expect(second.token).toBeUndefined();
    expect((await fetch(`${second.url}/api/v1/me`, { headers })).status).toBe(200);
    expect((await second.stop()).code).toBe(0);
    expect([...(await reports(location)).values()].map(({ tenant, status }) => [tenant, status])).toEqual([
      ['acme', 'valid'],
      ['~access', 'valid'],
    ]);
  });

  it('has its first token still to print after a start that failed', async () => {
    const { location } = await newSqlitePlace();
    await fill(location, { acme: { entries: 2 } });
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const port = String((taken.address() as AddressInfo).port);
    const failed = await sealtrail(['console', location, '--port', port]);
    expect([failed.code, failed.stderr, failed.stdout]).toEqual([
      2,
      expect.stringMatching(/^error config_invalid: cannot listen at .+\n$/),
      '',
    ]);
    const started = await running(location);
    expect(started.token).toMatch(/^st_/);
    expect((await started.stop()).code).toBe(0);
    expect((await reports(location)).get('acme')).toMatchObject({ status: 'valid' });
  });

  it('makes, lists and revokes tokens', async () => {
    const { location } = await newSqlitePlace();
    await fill(location, { acme: { entries: 2 } });
    const made = await sealtrail([
      ...['console', 'token', 'create', location, '--name', 'audit 2027', '--role', 'auditor'],
      ...['--tenant', 'acme', '--record', 'contact/c-1', '--days', '10', '--json'],
    ]);
    expect(made.code).toBe(0);
    const [token] = jsonLines(made.stdout);
    expect(token).toMatchObject({
      name: 'audit 2027',
      role: 'auditor',
      scope: { tenants: ['acme'], record: { type: 'contact', id: 'c-1' } },
      token: expect.stringMatching(/^st_/),
    });
    const listed = await sealtrail(['console', 'token', 'list', location, '--json']);
    expect(listed.stdout).not.toContain(String(token?.['token']));
    expect(jsonLines(listed.stdout)).toMatchObject([{ id: token?.['id'], revoked: null }]);
    expect((await sealtrail(['console', 'token', 'revoke', location, String(token?.['id'])])).code).toBe(0);
    expect((await sealtrail(['console', 'token', 'list', location])).stdout).toContain('revoked');
    expect((await sealtrail(['console', 'token', 'revoke', location, 'nobody'])).code).toBe(2);
    const db = new Database(`${location}.service`);
    db.prepare("UPDATE tokens SET row = '{'").run();
    db.close();
    const damaged = await sealtrail(['console', 'token', 'list', location, '--json']);
    expect([damaged.code, jsonLines(damaged.stdout)]).toEqual([0, [{ id: token?.['id'], damaged: true }]]);
    expect((await sealtrail(['console', 'token', 'list', location])).stdout).toContain('damaged');
    const both = ['console', 'token', 'create', location, '--name', 'x', '--role', 'auditor'];
    expect((await sealtrail([...both, '--record', 'contact/c-1'])).code).toBe(2);
    expect((await sealtrail([...both, '--role', 'root'])).code).toBe(2);
    expect((await sealtrail([...both, '--tenant', '~access'])).code).toBe(2);
    expect((await sealtrail(['console', `${location}.missing`])).code).toBe(2);
    const found = await reports(location);
    expect(found.get('~access')).toMatchObject({ status: 'valid', walked: 3 });
  });
});
