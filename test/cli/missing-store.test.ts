import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { newMongodbPlace } from '../support/places.ts';
import { sealtrail } from './helpers/bins.ts';

const mongodbUrl = inject('mongodbUrl');

/** Everything that works on a store and is not there to begin one. */
const COMMANDS: readonly string[] = [
  'anchor STORE',
  'seal STORE',
  'prove STORE --tenant acme --entry 0',
  'retention show STORE --tenant acme',
  'retention set STORE --tenant acme --preset hipaa --by u-1',
  'hold list STORE --tenant acme',
  'hold set STORE --tenant acme --id case-1 --by u-1',
  'erase STORE --tenant acme --subject user/u-7 --basis gdpr_art_17 --by u-1 --dry-run',
  'prune STORE --tenant acme --by u-1 --dry-run',
  'console STORE --port 0',
  'console token list STORE',
];

async function refusals(store: string): Promise<unknown[]> {
  const found = [];
  for (const command of COMMANDS) {
    const { code, stderr, stdout } = await sealtrail(command.replace('STORE', store).split(' '));
    found.push([command, code, /error source_invalid: .+/.test(stderr), stdout]);
  }
  return found;
}

const REFUSED = COMMANDS.map((command) => [command, 2, true, '']);

describe('a store that is not there', () => {
  it.each(['missing', 'empty'])('is not made of a file that is %s', async (how) => {
    const dir = await mkdtemp(join(tmpdir(), 'sealtrail-missing-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    if (how === 'empty') await writeFile(join(dir, 'typo.db'), '');
    expect(await refusals(join(dir, 'typo.db'))).toEqual(REFUSED);
    expect(await readdir(dir)).toEqual(how === 'empty' ? ['typo.db'] : []);
  });

  it.skipIf(mongodbUrl === undefined)('is not made of a mistyped MongoDB database', async () => {
    const { location } = await newMongodbPlace(String(mongodbUrl))();
    expect(await refusals(location)).toEqual(REFUSED);
    const dir = await mkdtemp(join(tmpdir(), 'sealtrail-missing-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    // An older export that is good must not become an empty one.
    await writeFile(join(dir, 'older.jsonl'), 'older');
    for (const args of [['tenants'], ['export', '--out', join(dir, 'older.jsonl')]]) {
      const { code, stderr, stdout } = await sealtrail([...args, location]);
      expect([args[0], code, stderr, stdout]).toEqual([
        args[0],
        2,
        'error source_invalid: there is no log here\n',
        '',
      ]);
    }
    expect(await readFile(join(dir, 'older.jsonl'), 'utf8')).toBe('older');
    const client = await new MongoClient(location).connect();
    onTestFinished(() => client.close());
    expect(await client.db().listCollections().toArray()).toEqual([]);
  });
});
