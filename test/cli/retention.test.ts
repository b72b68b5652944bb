import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode, sealtrail, sealtrailVerify } from './helpers/bins.ts';
import { fill } from './helpers/stores.ts';

let dir: string;
let store: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sealtrail-retention-'));
  store = await fill(join(dir, 'audit.db'), { acme: { entries: 20 } });
  await sealtrail(['anchor', store, '--max-segment', '4']);
});
afterAll(async () => {
  const verified = await sealtrailVerify([store]);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('all valid')]);
  await rm(dir, { recursive: true, force: true });
});

const acme = (...args: string[]) =>
  sealtrail([...args.slice(0, -1), store, '--tenant', 'acme', ...(args.at(-1) ?? '').split(' ')]);
const json = (ran: { stdout: string }) => JSON.parse(ran.stdout) as Record<string, unknown>;

describe('forgetting by command', () => {
  it('erases with a dry run that says exactly what would go, under holds that win', async () => {
    const what = '--record contact/c-7 --basis gdpr_art_17 --by u-1 --json';
    const dry = json(await acme('erase', `${what} --dry-run`));
    expect(dry).toMatchObject({ dryRun: true, held: [] });
    expect(dry['values']).toBeGreaterThan(0);
    const held = await acme('hold', 'set', '--id case-1 --record contact/c-7 --by u-1');
    expect([held.code, held.stdout]).toEqual([0, expect.stringContaining('hold case-1 stands')]);
    expect((await acme('hold', 'list', '--json')).stdout).toContain('case-1');
    const refused = await acme('erase', what);
    expect([refused.code, errorCode(refused)]).toEqual([2, 'held']);
    expect((await acme('hold', 'set', '--id case-1 --by u-1')).code).toBe(2);
    expect((await acme('hold', 'release', '--id case-1 --by u-1')).code).toBe(0);
    expect((await acme('hold', 'release', '--id case-1 --by u-1')).code).toBe(2);
    const again = await acme('hold', 'set', '--id case-1 --record contact/c-7 --by u-1');
    expect([again.code, again.stdout, again.stderr]).toEqual([
      2,
      '',
      expect.stringMatching(/case-1 was released at position \d+ and does not stand/),
    ]);
    expect(json(await acme('erase', what))).toMatchObject({ dryRun: false, erased: dry['erased'] });
    const verified = await sealtrailVerify([store, '--tenant', 'acme']);
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringContaining('erased and accounted for'),
    ]);
  });

  it('sets a rule with its floor, shows it, and prunes nothing that is younger', async () => {
    const none = await acme('prune', '--by u-1 --dry-run --json');
    expect([none.code, errorCode(none)]).toEqual([2, 'retention_invalid']);
    const low = await acme('retention', 'set', '--preset hipaa --days 100 --by u-1 --json');
    expect([low.code, errorCode(low)]).toEqual([2, 'retention_invalid']);
    const days = await acme('retention', 'set', '--preset custom --by u-1 --json');
    expect([days.code, errorCode(days)]).toEqual([2, 'config_invalid']);
    expect((await acme('retention', 'show', '--json')).stdout).toContain('"policy":null');
    expect(json(await acme('retention', 'set', '--preset custom --days 30 --by u-1 --json'))).toMatchObject({
      days: 30,
    });
    expect(
      json(await acme('retention', 'set', '--preset eu_ai_act --by u-1 --reason counsel --json')),
    ).toMatchObject({
      days: 184,
    });
    expect((await acme('retention', 'show', '--json')).stdout).toContain('eu_ai_act');
    const dry = await acme('prune', '--by u-1 --dry-run');
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('nothing to prune')]);
  });

  it('refuses a tenant that is not there, and makes none', async () => {
    const commands = [
      ['erase', 'TENANT', '--record deal/d-1 --basis gdpr_art_17 --by u-3'],
      ['hold', 'set', 'TENANT', '--id case-9 --by u-3'],
      ['hold', 'list', 'TENANT', '--json'],
      ['retention', 'set', 'TENANT', '--preset hipaa --by u-3'],
      ['retention', 'show', 'TENANT', '--json'],
      ['prune', 'TENANT', '--dry-run --by u-3'],
      ['prove', 'TENANT', '--entry 0'],
    ];
    for (const command of commands) {
      const args = command.flatMap((arg) =>
        arg === 'TENANT' ? [store, '--tenant', 'acmee'] : arg.split(' '),
      );
      const ran = await sealtrail(args);
      expect([ran.code, ran.stderr + ran.stdout], args.join(' ')).toEqual([
        2,
        expect.stringContaining('there is no tenant acmee here'),
      ]);
    }
    const tenants = await sealtrail(['tenants', store]);
    expect(tenants.stdout).not.toContain('acmee');
  });

  it('asks who decides, about what, and on which basis', async () => {
    for (const args of [
      '--record contact/c-7 --basis gdpr_art_17',
      '--record contact/c-7 --by u-1',
      '--record contact/c-7 --basis whim --by u-1',
      '--record contact/c-7 --basis gdpr_art_17 --by u-1 --id request/7',
      '--record contact --basis gdpr_art_17 --by u-1',
      '--basis gdpr_art_17 --by u-1',
      '--record contact/c-7 --subject user/u-1 --basis gdpr_art_17 --by u-1',
    ]) {
      expect((await acme('erase', args)).code).toBe(2);
    }
  });
});
