import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyFile } from '@sealtrail/publisher';
import { readPolicy } from '@sealtrail/tlog';
import { openPublishedLog, openSource } from '@sealtrail/verifier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealtrail, sealtrailVerify } from './helpers/bins.ts';
import { fill } from './helpers/stores.ts';

const KEY = 'audit.example/log+89740155+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4';
const QUOTED = '"mongodb://root:hunter2@127.0.0.1:1/audit"';

let dir: string;
let store: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-secrets-'));
  store = await fill(join(dir, 'audit.db'), { acme: { entries: 2 } });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('a private key', () => {
  const PRIVATE = 'PRIVATE+KEY+a.example/log+5f0ef5ac+hunter2hunter2';

  it.each<[string, string[]]>([
    ['in the place of its file', ['publish', 'STORE', '--log', 'log', '--key', PRIVATE]],
    ['in the place of another file', ['verify', PRIVATE]],
    ['in the file of a policy', ['verify', 'STORE', '--checkpoint', 'KEYFILE', '--policy', 'KEYFILE']],
  ])('is in no error: %s', async (_, args) => {
    const file = join(dir, 'op.key');
    await writeFile(file, PRIVATE);
    const given = args.map((arg) => (arg === 'STORE' ? store : arg === 'KEYFILE' ? file : arg));
    const { code, stdout, stderr } = await sealtrail(given);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^error /)]);
    expect(stderr).not.toContain('hunter2');
  });

  it('is in no error of the library either', async () => {
    for (const error of [
      await openKeyFile(PRIVATE).catch((thrown: unknown) => thrown),
      await Promise.resolve(PRIVATE)
        .then(readPolicy)
        .catch((thrown: unknown) => thrown),
    ]) {
      expect(String(error)).toContain('this is a private key');
      expect(String(error)).not.toContain('hunter2');
    }
  });
});

describe('a password in an address', () => {
  it.each<[string, string[]]>([
    ['a URL in quotation marks', ['verify', QUOTED]],
    ['... as JSON', ['verify', QUOTED, '--json']],
    ['... behind a space', ['tenants', QUOTED.replaceAll('"', ' ')]],
    ['... of another kind', ['export', 'redis://root:hunter2@cache']],
    ['... behind the kind of a store', ['verify', 'sqlite:mongodb://root:hunter2@127.0.0.1/audit']],
    ['a published log', ['verify', 'https://root:hunter2@127.0.0.1:1/log', '--key', KEY]],
    ['the place of a file', ['publish', 'STORE', '--log', 'log', '--key', QUOTED]],
    ['... that is read', ['import', QUOTED, '--store', 'STORE', '--tenant', 'acme']],
    [
      '... with a secret parameter',
      ['import', 'x://y/?authToken=hunter2', '--store', 'STORE', '--tenant', 'a'],
    ],
    ['the value of another flag', ['verify', 'STORE', '--from', QUOTED]],
    ['... as JSON', ['verify', 'STORE', '--from', QUOTED, '--json']],
    ['a command', [QUOTED]],
  ])('is in no error: %s', async (_, args) => {
    const run = args[0] === 'verify' && !args.includes('--json') ? sealtrailVerify : sealtrail;
    const given = args.map((arg) => (arg === 'STORE' ? store : arg));
    const { code, stdout, stderr } = await run(run === sealtrail ? given : given.slice(1));
    expect(code).toBe(2);
    expect(stdout + stderr).toMatch(/error/);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it('is in no error of the library either', async () => {
    for (const location of [QUOTED, 'sqlite:redis://root:hunter2@cache']) {
      const error = await openSource(location).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'source_invalid' });
      expect(String(error)).not.toContain('hunter2');
    }
    expect(() => openPublishedLog('https://root:hunter2@127.0.0.1:1/log')).toThrow(/no user and no password/);
  });
});
