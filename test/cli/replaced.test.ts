import { once } from 'node:events';
import { copyFile, lstat, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, sealtrail, sealtrailVerify } from './helpers/bins.ts';
import { fill } from './helpers/stores.ts';

let dir: string;
let store: string;
const at = (name: string) => join(dir, name);
const PROVE = ['--tenant', 'acme', '--entry', '1', '--json'];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-replaced-'));
  store = await fill(at('audit.db'), { acme: { entries: 5 } });
  await sealtrail(['anchor', store]);
  await sealtrail(['seal', store]);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('what a command writes takes the place of a file, and never of', () => {
  it.each([
    ['the store that it reads', '--out', () => store],
    ['the store that it reads', '--evidence', () => store],
    ['what SQLite keeps beside it', '--out', () => `${store}-wal`],
  ])('%s (%s)', async (_, flag, target) => {
    const before = await readFile(store);
    const ran = await sealtrail(['prove', store, ...PROVE, flag, target()]);
    expect([ran.code, errorCode(ran)]).toEqual([2, 'config_invalid']);
    expect(await readFile(store)).toEqual(before);
    expect((await sealtrailVerify([store])).code).toBe(0);
  });

  it('another database, by a link as well', async () => {
    const other = at('other.db');
    await copyFile(store, other);
    await symlink(other, at('link'));
    for (const target of [other, at('link'), `${other}-wal`]) {
      const ran = await sealtrail(['export', store, '--out', target, '--json']);
      expect([ran.code, errorCode(ran)]).toEqual([2, 'config_invalid']);
    }
    expect((await lstat(at('link'))).isSymbolicLink()).toBe(true);
    expect((await sealtrailVerify([other])).code).toBe(0);
  });

  it('a key', async () => {
    await sealtrail(['key', 'new', at('log.key'), '--name', 'audit.example/log']);
    const before = await readFile(at('log.key'), 'utf8');
    const ran = await sealtrail(['export', store, '--out', at('log.key'), '--json']);
    expect([ran.code, errorCode(ran)]).toEqual([2, 'config_invalid']);
    expect(await readFile(at('log.key'), 'utf8')).toBe(before);
  });

  it.skipIf(process.platform === 'win32')('what is no file', async () => {
    const socket = createServer().listen(at('socket'));
    await once(socket, 'listening');
    const ran = await sealtrail(['export', store, '--out', at('socket'), '--json']);
    expect([ran.code, errorCode(ran)]).toEqual([2, 'config_invalid']);
    expect((await lstat(at('socket'))).isSocket()).toBe(true);
    socket.close();
  });

  it('but of an older export', async () => {
    await writeFile(at('old.jsonl'), 'what was exported before\n');
    expect((await sealtrail(['export', store, '--out', at('old.jsonl'), '--json'])).code).toBe(0);
    expect((await sealtrailVerify([at('old.jsonl')])).code).toBe(0);
  });
});
