import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openStore, proveEntry, sealTenants } from '@sealtrail/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, MAINS, type Ran, sealtrailVerify } from './helpers/bins.ts';
import { bundle, fill } from './helpers/stores.ts';

let dir: string;
let store: string;
let file: string;
let bytes: Buffer;
const at = (name: string) => join(dir, name);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-piped-'));
  store = await fill(at('audit.db'), {
    acme: { entries: 60, anchored: 40, segment: 8 },
    beta: { entries: 3 },
  });
  file = await bundle(store);
  bytes = await readFile(file);
  const open = await openStore(store);
  await sealTenants(open);
  await writeFile(at('proof.json'), JSON.stringify(await proveEntry(open, 'acme', 2)));
  await open.close();
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** What a shell makes a name of a pipe of. */
function inShell(command: string): Promise<Ran> {
  const verify = `"${process.execPath}" "${MAINS.verifier}"`;
  return new Promise((resolve) => {
    execFile('bash', ['-c', command.replace('VERIFY', verify)], { cwd: dir }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe('what comes through a pipe', () => {
  it('is verified as the file is', async () => {
    const json = ['--json', '--threads', '2'];
    const expected = await sealtrailVerify([file, ...json]);
    expect(expected.code).toBe(0);
    expect(await sealtrailVerify(['-', ...json], bytes)).toEqual(expected);
    expect(await sealtrailVerify(['/dev/stdin', ...json], gzipSync(bytes))).toEqual(expected);
    expect(await inShell('cat log.jsonl | gzip | gunzip | VERIFY - --json')).toEqual(expected);
    expect(await inShell('VERIFY /dev/stdin --json < log.jsonl')).toEqual(expected);
    expect(await inShell('VERIFY <(cat log.jsonl) --json')).toEqual(expected);
    expect(await inShell('VERIFY <(gzip -c log.jsonl) --json')).toEqual(expected);
    const beta = await sealtrailVerify([file, '--json', '--tenant', 'beta']);
    expect(await sealtrailVerify(['-', '--json', '--tenant', 'beta'], bytes)).toEqual(beta);
    const proof = await sealtrailVerify([at('proof.json'), '--json']);
    expect([proof.code, await sealtrailVerify(['-', '--json'], await readFile(at('proof.json')))]).toEqual([
      0,
      proof,
    ]);
  });

  it('is broken where the file is, also when more would come', async () => {
    const cut = bytes.subarray(0, bytes.length - 9);
    await writeFile(at('cut.jsonl'), cut);
    const expected = await sealtrailVerify([at('cut.jsonl'), '--json']);
    expect(expected.code).toBe(1);
    expect(await sealtrailVerify(['-', '--json'], cut)).toEqual(expected);
    expect((await sealtrailVerify(['-', '--json'], gzipSync(bytes).subarray(0, -20))).code).toBe(1);
    const changed = bytes.toString().replace('"assistant"', '"assistanT"');
    const ran = await sealtrailVerify(['-'], changed);
    expect([ran.code, ran.stdout]).toEqual([1, expect.stringMatching(/^acme: chain broken at position 1/)]);
    const endless = await inShell('(printf "%5000s\\n" x; yes) | VERIFY -');
    expect([endless.code, endless.stderr]).toEqual([2, expect.stringMatching(/^error source_invalid: /)]);
  });

  it('is refused where it would have to be read again, or has no order', async () => {
    const segments = ['-', '--json', '--tenant', 'acme', '--segments', '1'];
    expect(errorCode(await sealtrailVerify(segments, bytes))).toBe('config_invalid');
    expect((await sealtrailVerify([file, ...segments.slice(1)])).code).toBe(0);
    const database = await sealtrailVerify(['-', '--json'], await readFile(store));
    expect([database.code, errorCode(database)]).toEqual([2, 'source_invalid']);
    const nothing = await sealtrailVerify(['-', '--json']);
    expect([nothing.code, errorCode(nothing)]).toEqual([2, 'source_invalid']);
  });
});
