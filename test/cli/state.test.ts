import { lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vectors } from '../vectors/load.ts';
import { errorCode, sealtrailVerify } from './helpers/bins.ts';

const { log, checkpoint } = vectors<{ log: { vkey: string }; checkpoint: { note: string } }>('tlog.json');
let dir: string;
const at = (name: string) => join(dir, name);
const verify = (state: string) =>
  sealtrailVerify([at('note'), '--key', log.vkey, '--state', at(state), '--json']);
const relation = (stdout: string) => (JSON.parse(stdout) as { relation: string }).relation;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-state-'));
  await writeFile(at('note'), checkpoint.note);
  await mkdir(at('volume'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe.skipIf(process.platform === 'win32')('a state file that is a link', () => {
  it('stays one, and what is behind it is written: others read that', async () => {
    await symlink(join('volume', 'kept'), at('link'));
    await symlink('link', at('link-to-link'));
    expect(relation((await verify('link-to-link')).stdout)).toBe('first_seen');
    expect(await readFile(at('volume/kept'), 'utf8')).toBe(checkpoint.note);
    for (const name of ['link', 'link-to-link']) expect((await lstat(at(name))).isSymbolicLink()).toBe(true);
    expect(relation((await verify('volume/kept')).stdout)).toBe('unchanged');
  });

  it('is not taken for a new one where its volume is not mounted', async () => {
    await symlink(join('unmounted', 'kept'), at('away'));
    const ran = await verify('away');
    expect([ran.code, errorCode(ran)]).toEqual([2, 'config_invalid']);
    expect((await lstat(at('away'))).isSymbolicLink()).toBe(true);
  });
});
