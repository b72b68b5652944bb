import { execFileSync, spawnSync } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { entryHash, MAX_SEGMENT_TARGETS, type SealtrailError } from '@sealtrail/format';
import {
  erase,
  exportBundle,
  proveEntry,
  proveHistory,
  prune,
  setRetention,
  writeEvidence,
} from '@sealtrail/store';
import { encodeVkey } from '@sealtrail/tlog';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { World } from '../publisher/world.ts';
import { BY, World as Forgetting } from '../retention/world.ts';
import { newSqlitePlace } from '../support/places.ts';
import { vectorPath } from './load.ts';

/** Whether Python is there; in CI it has to be. */
const hasPython: boolean = (() => {
  try {
    execFileSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    console.error(
      '[python3] NOT AVAILABLE (3.11 or later): what the independent implementation says of files is SKIPPED',
    );
    return false;
  }
})();

/** Exit code and output of a command of the independent implementation. */
function python(command: string, ...args: readonly string[]): string {
  const ran = spawnSync('python3', [vectorPath(command), ...args], { encoding: 'utf8' });
  return `${ran.status}: ${ran.stdout}${ran.stderr}`;
}

describe.skipIf(!hasPython)('the independent implementation', () => {
  it('still writes every known answer as it is', () => {
    expect(python('generate.py', '--check')).toBe('0: ');
  });

  it('gives no verdict on what is no bundle, or holds nothing wrong but another version', async () => {
    const folder = (await World.open(newSqlitePlace)).place.folder;
    const good = await readFile(vectorPath('log.bundle.jsonl'), 'utf8');
    const [, old] = good.match(/\{"entry":(.*"seq":7,.*),"openings"/) as unknown as [string, string];
    const later = old.replace(/"v":1\}$/, '"v":2}');
    const version = good.replace(entryHash(old), entryHash(later)).replace(old, later);
    const files = [
      ['header', good.replace('"}}\n', '"},"more":1}\n'), /^2: unverifiable: not a bundle/],
      ['version', version, /^2: unverifiable: entry 7 has a format version/],
    ] as const;
    for (const [name, text, want] of files) {
      const file = join(folder, name);
      await writeFile(file, text);
      expect(python('verify_bundle.py', file)).toMatch(want);
    }
    const { status } = await verifyAll(await openSource(join(folder, 'version')));
    expect(status).toBe('unverifiable');
    await expect(openSource(join(folder, 'header'))).rejects.toMatchObject({ code: 'bundle_malformed' });
  });

  it('reads a bundle in gzip like the product', async () => {
    const file = join((await World.open(newSqlitePlace)).place.folder, 'bundle.jsonl.gz');
    const good = await readFile(vectorPath('log.bundle.jsonl'));
    const packed = gzipSync(good);
    const crc = Buffer.from(packed);
    crc.writeUInt32LE(~crc.readUInt32LE(crc.length - 8) >>> 0, crc.length - 8);
    const files = [
      [packed, '0: valid 8 entries\n'],
      [
        Buffer.concat([gzipSync(good.subarray(0, 900)), gzipSync(good.subarray(900))]),
        '0: valid 8 entries\n',
      ],
      [Buffer.concat([packed, Buffer.alloc(9)]), '0: valid 8 entries\n'],
      [packed.subarray(0, -4), '1: broken: bundle_truncated\n'],
      [Buffer.concat([packed, Buffer.from('xyz')]), '1: broken: bundle_malformed\n'],
      [crc, '1: broken: bundle_malformed\n'],
    ] as const;
    for (const [bytes, want] of files) {
      await writeFile(file, bytes);
      expect(python('verify_bundle.py', file)).toBe(want);
      // A damage that is met before the first line was read leaves nothing to report on.
      const codes = await openSource(file).then(
        async (source) => (await verifyAll(source)).findings.map(({ code }) => String(code)),
        (error: SealtrailError) => [error.code],
      );
      const found = codes.length > 0 ? `1: broken: ${codes}\n` : '0: valid 8 entries\n';
      expect(found).toBe(want);
    }
  });

  it('takes proofs and evidence that are made here, and none that were changed', async () => {
    const world = await World.open(newSqlitePlace);
    for (let i = 0; i < 4; i++) await world.seal(3, i === 2 ? 'beta' : 'acme');
    await world.publisher().publish();
    const vkey = encodeVkey(world.signer.key);
    const file = join(world.place.folder, 'file');
    const record = { type: 'deal', id: 'd-77' };
    const entry = await world.log().complete(await proveEntry(world.store, 'acme', 4));
    const history = await world.log().complete(await proveHistory(world.store, 'acme', record));
    const nothing = await world
      .log()
      .complete(await proveHistory(world.store, 'acme', { type: 'deal', id: 'none' }));
    const expected = [
      [entry, '0: valid: entry 4 of acme'],
      [history, '0: valid: 9 entries touch deal d-77 of acme, and no other one up to position 9'],
      [nothing, '0: valid: 0 entries touch deal none of acme, and no other one up to position 9'],
    ] as const;
    for (const [proof, verdict] of expected) {
      const text = JSON.stringify(proof);
      await writeFile(file, text);
      expect(python('verify_proof.py', file, vkey)).toContain(`${verdict}\n`);
      await writeFile(file, text.replace(/"seal":"/, '"seal":" '));
      expect(python('verify_proof.py', file, vkey)).toContain('1: invalid: section 3');
      await writeEvidence(world.store, proof, createWriteStream(file), { disclose: 'all' });
      expect(python('verify_proof.py', file, vkey)).toContain(`${verdict}\n`);
    }
    await world.expectSound();
  });

  it('takes a log that was erased from and pruned, and its archive', async () => {
    const world = await Forgetting.open(newSqlitePlace);
    await world.append(18);
    const target = { type: 'contact', id: 'c-1' };
    await erase(world.store, 'acme', { about: 'record', target, basis: 'gdpr_art_17', by: BY });
    await world.withLog((log) => setRetention(log, 'acme', { preset: 'custom', days: 30 }, { by: BY }));
    await world.append(4);
    const done = await prune(world.store, 'acme', {
      by: BY,
      archive: join(world.place.folder, 'archive'),
      now: () => Date.now() + 40 * 86_400_000,
    });
    expect(python('verify_bundle.py', String(done.file))).toMatch(/^0: valid \d+ entries\n/);
    await world.append(6);
    await erase(world.store, 'acme', { about: 'record', target, basis: 'consent_withdrawn', by: BY });
    const file = join(world.place.folder, 'log.jsonl');
    const chunks: string[] = [];
    const source = await openSource(world.place.location);
    await exportBundle(source, (chunk) => void chunks.push(chunk), { time: '2026-11-30T00:00:00.000Z' });
    await source.close();
    await writeFile(file, chunks.join(''));
    expect(python('verify_bundle.py', file)).toMatch(
      /^0: valid \d+ entries\n\d+ values were erased, and accounted for\nnot checked: positions 0 to \d+ of acme, pruned\n$/,
    );
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"part":0,"parts":1', '"part":1,"parts":1'));
    expect(python('verify_bundle.py', file)).toMatch(/^1: broken at position \d+: /);
    expect((await world.verify()).status).toBe('valid');
  });

  it('takes anchors over as many targets as a segment may name, and over no more', () => {
    // With room for as many as the fullest segment of the known log has, and for one less.
    const most = Math.max(...targetsOfSegments(readFileSync(vectorPath('log.bundle.jsonl'), 'utf8')));
    const ran = spawnSync('python3', ['-c', WITH_ROOM_FOR, String(most), String(most - 1)], {
      cwd: vectorPath('.'),
      encoding: 'utf8',
    });
    expect(ran.stderr).toBe('');
    const [limit, full, over] = JSON.parse(ran.stdout);
    expect(limit).toBe(MAX_SEGMENT_TARGETS);
    expect(full).toBe(null);
    expect(over).toBe('anchor_records_mismatch');
  });
});

const WITH_ROOM_FOR = `
import json, sys
sys.dont_write_bytecode = True
from sealtrail import verify
def said(room):
    verify.MAX_SEGMENT_TARGETS = room
    first = verify.verify_bundle(open("log.bundle.jsonl", "rb").read()).first()
    return first and first.code
print(json.dumps([verify.MAX_SEGMENT_TARGETS, *(said(int(room)) for room in sys.argv[1:])]))
`;

/** How many targets the entries of each segment of a bundle name, all together. */
function targetsOfSegments(bundle: string): number[] {
  const counts: number[] = [];
  for (const line of bundle.trimEnd().split('\n')) {
    const { anchor, entry } = JSON.parse(line);
    if (anchor !== undefined) counts.push(0);
    if (entry !== undefined && counts.length > 0) counts.push((counts.pop() ?? 0) + entry.targets.length);
  }
  return counts;
}
