import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAINS } from './helpers/bins.ts';
import { fill } from './helpers/stores.ts';

let dir: string;
let store: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-full-'));
  store = await fill(join(dir, 'audit.db'), { acme: { entries: 3 } });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Runs a command whose standard output or error is a file on a full disk. */
function ran(main: string, args: readonly string[], full: 1 | 2) {
  const disk = openSync('/dev/full', 'w');
  const stdio = ['ignore', full === 1 ? disk : 'pipe', full === 2 ? disk : 'pipe'] as const;
  const { status, stderr } = spawnSync(process.execPath, [main, ...args], {
    stdio: [...stdio],
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
    timeout: 240_000,
  });
  closeSync(disk);
  return { status, stderr };
}

describe.skipIf(!existsSync('/dev/full'))('when the disk that a command writes to is full', () => {
  it.each([
    ['sealtrail', ['verify']],
    ['sealtrail', ['verify', '--json']],
    ['sealtrail', ['tenants']],
    ['sealtrail', ['export']],
    ['verifier', []],
  ] as const)('%s %j does not end with the exit code of a verdict', (main, args) => {
    const { status, stderr } = ran(MAINS[main], [...args, store], 1);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^standard output cannot be written: ENOSPC.*\n$/);
  });

  it('what it says beside its result does not change the exit code', () => {
    expect(ran(MAINS.sealtrail, ['verify', store], 2).status).toBe(0);
    expect(ran(MAINS.verifier, [store], 2).status).toBe(0);
    expect(ran(MAINS.sealtrail, ['nothing'], 2).status).toBe(2);
    expect(ran(MAINS.verifier, [], 2).status).toBe(2);
  });
});
