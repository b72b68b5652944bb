import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyFile, serveLog, serveWitness, Witness } from '@sealtrail/publisher';
import { encodeVkey, readVkey } from '@sealtrail/tlog';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newMongodbPlace } from '../support/places.ts';
import { errorCode, sealtrail, sealtrailVerify } from './helpers/bins.ts';
import { fill, tamper } from './helpers/stores.ts';

const mongodbUrl = inject('mongodbUrl');
let dir: string;
let store: string;
let policy: string;
let logKey: string;
const at = (name: string) => join(dir, name);
const endings: (() => Promise<void>)[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-publish-'));
  store = await fill(at('audit.db'), { acme: { entries: 20 } });
  await sealtrail(['anchor', store]);
  logKey = (await sealtrail(['key', 'new', at('op.key'), '--name', 'audit.example/log'])).stdout.trim();
  const witnessKey = (
    await sealtrail(['key', 'new', at('w1.key'), '--name', 'witness.example/w1', '--for', 'witness'])
  ).stdout.trim();
  const witness = new Witness({
    signer: await openKeyFile(at('w1.key')),
    logs: [readVkey(logKey)],
    state: at('witness.db'),
    init: true,
  });
  const server = await serveWitness(witness, '127.0.0.1', 0);
  endings.push(async () => {
    await server.close();
    witness.close();
  });
  policy = at('audit.policy');
  await writeFile(
    policy,
    `log ${logKey}\nwitness w1 ${witnessKey} http://127.0.0.1:${server.port}/\nquorum w1\n`,
  );
});
afterAll(async () => {
  const verified = await sealtrailVerify([store]);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('all valid')]);
  for (const end of endings) await end();
  await rm(dir, { recursive: true, force: true });
});

/** Where nobody listens. Ports that browsers never ask, such as 1, `fetch` refuses by itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const publish = (...more: string[]) =>
  sealtrail(['publish', store, '--log', at('log'), '--key', at('op.key'), '--policy', policy, ...more]);

describe('sealtrail key', () => {
  it('makes a key that only its owner reads, shows its public part, and overwrites none', async () => {
    expect(logKey).toMatch(/^audit\.example\/log\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
    expect((await stat(at('op.key'))).mode & 0o777).toBe(0o600);
    expect((await sealtrail(['key', 'show', at('op.key')])).stdout.trim()).toBe(logKey);
    const again = await sealtrail(['key', 'new', at('op.key'), '--name', 'audit.example/log', '--json']);
    expect([again.code, errorCode(again)]).toEqual([2, 'key_invalid']);
    expect(again.stdout + again.stderr).not.toContain('PRIVATE');
  });
});

describe('the way of a checkpoint', () => {
  it('published, witnessed, followed, proved and remembered, each by its command', async () => {
    const first = await publish('--json');
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      made: true,
      quorum: true,
      sinks: [{ name: 'w1', outstanding: 0 }],
    });
    const state = at('acme.checkpoint');
    const server = await serveLog(at('log'), '127.0.0.1', 0);
    endings.push(() => server.close());
    const log = `http://127.0.0.1:${server.port}/`;
    const seen = await sealtrailVerify([log, '--policy', policy, '--state', state]);
    expect([seen.code, seen.stdout]).toEqual([0, expect.stringContaining('the first one seen')]);
    expect(await readFile(state, 'utf8')).toBe(await readFile(at('log/public/checkpoint'), 'utf8'));

    const proved = await sealtrail([
      'prove',
      store,
      '--tenant',
      'acme',
      '--record',
      'contact/c-7',
      '--log',
      at('log'),
      '--evidence',
      at('c-7.gz'),
      '--disclose',
      'rationale',
    ]);
    expect([proved.code, proved.stderr]).toEqual([0, '']);
    const evidence = await sealtrailVerify([at('c-7.gz'), '--policy', policy, '--state', state]);
    expect([evidence.code, evidence.stdout]).toEqual([
      0,
      expect.stringContaining('witnessed by witness.example/w1'),
    ]);

    await sealtrail(
      ['append', store, '--tenant', 'acme'],
      '{"type":"note.added","actor":{"type":"system","id":"x"}}\n',
    );
    await sealtrail(['anchor', store]);
    expect((await publish()).code).toBe(0);
    const extended = await sealtrailVerify([log, '--policy', policy, '--state', state, '--json']);
    expect(JSON.parse(extended.stdout)).toMatchObject({ status: 'valid', relation: 'extended' });
    const unchanged = await sealtrailVerify([at('log'), '--policy', policy, '--state', state]);
    expect(unchanged.stdout).toContain('unchanged');

    // The state now is ahead of the evidence: it still proves what it proves.
    const older = await sealtrailVerify([at('c-7.gz'), '--policy', policy, '--state', state, '--log', log]);
    expect([older.code, older.stdout]).toEqual([0, expect.stringContaining('you trust a newer one')]);
    const held = await sealtrailVerify([store, '--state', state]);
    expect([held.code, held.stdout]).toEqual([0, expect.stringContaining('are those under the checkpoint')]);
    const file = await sealtrailVerify([state, '--key', logKey]);
    expect([file.code, file.stdout]).toEqual([0, expect.stringContaining('the policy asks for no witness')]);
  });

  it('is not what a proof goes on to where it is none, or none of this store', async () => {
    const prove = (from: string, log: string) =>
      sealtrail([
        'prove',
        from,
        '--tenant',
        'acme',
        '--entry',
        '3',
        '--log',
        log,
        '--out',
        at('p.json'),
        '--json',
      ]);
    const changes: [string, number, string][] = [
      [`'junk'`, 2, 'note_malformed'],
      [`replace(note, char(10) || size || char(10), char(10) || '1' || char(10))`, 2, 'note_unverified'],
      [`substr(note, 1, instr(note, char(10) || char(10) || '— ') + 1)`, 2, 'note_malformed'],
    ];
    for (const [i, [change, code, error]] of changes.entries()) {
      const log = at(`log-${i}`);
      await cp(at('log'), log, { recursive: true });
      tamper(join(log, 'publisher.db'), `UPDATE checkpoints SET note = ${change}`);
      const ran = await prove(store, log);
      expect([change, ran.code, errorCode(ran)]).toEqual([change, code, error]);
    }
    const other = await fill(at('other.db'), { acme: { entries: 20, anchored: 21 } });
    await sealtrail(['seal', other]);
    await sealtrail(['seal', other]);
    const ran = await prove(other, at('log'));
    expect([ran.code, errorCode(ran)]).toEqual([1, 'checkpoint_refused']);
    expect(existsSync(at('p.json'))).toBe(false);
    expect((await prove(store, at('log'))).code).toBe(0);
    expect((await sealtrailVerify([at('p.json'), '--key', logKey])).code).toBe(0);
  });

  it('says so where the policy asks for no witness, and is not signed twice with one key', async () => {
    await writeFile(at('none.policy'), `log ${logKey}\nquorum none\n`);
    const args = ['publish', store, '--log', at('log'), '--key', at('op.key')];
    const none = await sealtrail([...args, '--policy', at('none.policy')]);
    expect([none.code, none.stdout]).toEqual([0, expect.stringMatching(/^the policy asks for no witness$/m)]);
    expect(none.stdout).not.toContain('cosigned');
    const twice = await sealtrail([...args, '--key', at('./op.key'), '--json']);
    expect([twice.code, errorCode(twice)]).toEqual([2, 'config_invalid']);
  });

  it('says which tenant cannot be sealed, and exits with 1', async () => {
    const [copy, log] = [at('gone.db'), at('gone')];
    await fill(copy, { acme: { entries: 3, anchored: 4 }, beta: { entries: 3, anchored: 4 } });
    const args = ['publish', copy, '--log', log, '--key', at('op.key')];
    expect((await sealtrail(args)).code).toBe(0);
    for (const table of ['entries', 'anchors', 'heads', 'tenants'])
      tamper(copy, `DELETE FROM ${table} WHERE tenant = 'beta'`);
    const [told, json] = [await sealtrail(args), await sealtrail([...args, '--json'])];
    expect([told.code, told.stdout]).toEqual([
      1,
      expect.stringMatching(
        /^beta: cannot be sealed as it is stored \(missing\); verify it\ncheckpoint \d+ of /,
      ),
    ]);
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([
      1,
      { made: false, refused: [{ tenant: 'beta', reason: 'missing' }] },
    ]);
    const verified = await sealtrailVerify([copy]);
    expect([verified.code, verified.stdout]).toEqual([1, expect.stringContaining('beta')]);
  });

  it('is refused with another key, and asks whose it is', async () => {
    const other = (
      await sealtrail(['key', 'new', at('other.key'), '--name', 'audit.example/log'])
    ).stdout.trim();
    const refused = await sealtrailVerify([at('log'), '--key', other]);
    expect([refused.code, refused.stdout]).toEqual([
      1,
      expect.stringContaining('no signature of a trusted key'),
    ]);
    const nobody = await sealtrailVerify([at('log'), '--json']);
    expect([nobody.code, errorCode(nobody)]).toEqual([2, 'config_invalid']);
    const both = await sealtrailVerify([at('log'), '--key', other, '--policy', policy, '--json']);
    expect([both.code, errorCode(both)]).toEqual([2, 'config_invalid']);
    const signed = await sealtrail([
      'publish',
      store,
      '--log',
      at('log'),
      '--key',
      at('other.key'),
      '--json',
    ]);
    expect([signed.code, errorCode(signed)]).toEqual([0, undefined]);
    const [id, otherId] = [logKey, other].map((vkey) => vkey.split('+')[1]);
    expect(JSON.parse(signed.stdout)).toMatchObject({ made: false, signed: [id], unsigned: [otherId] });
    const text = await publish('--key', at('other.key'), '--no-seal');
    expect(text.stdout).toContain(`signed with ${id}\nNOT signed with ${otherId}`);
  });

  it.skipIf(mongodbUrl === undefined)('ends when it cannot begin, and keeps no connection', async () => {
    const place = await newMongodbPlace(String(mongodbUrl))();
    await (await place.open()).close();
    // A key of a witness signs for no log.
    const refused = await sealtrail([
      'publish',
      place.location,
      '--log',
      at('of-mongodb'),
      '--key',
      at('w1.key'),
      '--json',
    ]);
    expect([refused.code, errorCode(refused)]).toEqual([2, 'config_invalid']);
    expect(await sealtrailVerify([place.location])).toMatchObject({ code: 2 });
  });

  it('says what is outstanding when a sink cannot be reached', async () => {
    const sinks = at('sinks.json');
    await writeFile(
      sinks,
      JSON.stringify({
        sinks: [{ type: 'http', name: 'away', url: `http://127.0.0.1:${await freePort()}/` }],
      }),
    );
    const ran = await publish('--sinks', sinks);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toMatch(/away: \d checkpoints? outstanding; away cannot be reached \(ECONNREFUSED\)/);
  });

  it('changes its key step by step', async () => {
    await sealtrail(['key', 'new', at('next.key'), '--name', 'audit.example/log']);
    const added = await sealtrail(['key', 'add', store, '--log', at('log'), '--key', at('next.key')]);
    expect([added.code, added.stdout]).toEqual([
      0,
      expect.stringContaining('counts from the next checkpoint'),
    ]);
    expect((await publish('--key', at('next.key'))).code).toBe(0);
    expect((await sealtrail(['key', 'retire', store, '--log', at('log'), '--key', at('op.key')])).code).toBe(
      0,
    );
    const change = (kind: string, key: string, log = 'log') =>
      sealtrail(['key', kind, store, '--log', at(log), '--key', at(key), '--json']);
    await sealtrail(['key', 'new', at('foreign.key'), '--name', 'evil.example/log']);
    for (const [ran, code] of [
      [await change('add', 'foreign.key'), 'key_invalid'],
      [await change('add', 'op.key'), 'key_invalid'],
      [await change('retire', 'op.key'), 'key_invalid'],
      [await change('retire', 'other.key'), 'key_invalid'],
      [await change('retire', 'next.key'), 'key_invalid'],
      [await change('add', 'other.key', 'nolog'), 'config_invalid'],
    ] as const) {
      expect([ran.code, errorCode(ran)]).toEqual([2, code]);
    }
    expect(existsSync(at('nolog'))).toBe(false);
    const old = await publish('--json');
    expect([old.code, errorCode(old)]).toEqual([2, 'key_invalid']);
    const now = await sealtrail(['publish', store, '--log', at('log'), '--key', at('next.key')]);
    expect(now.code).toBe(0);
  });

  it('retires a key whose file is lost, by its public key or its id', async () => {
    const retire = (key: string) =>
      sealtrail(['key', 'retire', store, '--log', at('log'), '--key', key, '--json']);
    const next = async (name: string, before: string) => {
      const vkey = (await sealtrail(['key', 'new', at(name), '--name', 'audit.example/log'])).stdout.trim();
      expect((await sealtrail(['key', 'add', store, '--log', at('log'), '--key', at(name)])).code).toBe(0);
      await rm(at(before));
      return vkey;
    };
    const lost = encodeVkey((await openKeyFile(at('next.key'))).key);
    const second = await next('second.key', 'next.key');
    for (const unknown of [at('next.key'), '00000000', `${lost}x`, lost.replace('audit', 'evil')]) {
      const refused = await retire(unknown);
      expect([refused.code, errorCode(refused)]).toEqual([2, 'key_invalid']);
    }
    const byKey = await retire(lost);
    expect([byKey.code, JSON.parse(byKey.stdout)]).toEqual([
      0,
      { kind: 'retired', vkey: lost, changed: true },
    ]);
    await next('third.key', 'second.key');
    const byId = await retire(String(second.split('+')[1]));
    expect([byId.code, JSON.parse(byId.stdout)]).toEqual([
      0,
      { kind: 'retired', vkey: second, changed: true },
    ]);
    const published = await sealtrail(['publish', store, '--log', at('log'), '--key', at('third.key')]);
    expect(published.code).toBe(0);
  });
});
