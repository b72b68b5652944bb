import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

function run(campaign: string, ...flags: string[]) {
  const main = fileURLToPath(new URL(`${campaign}.mjs`, import.meta.url));
  const { MONGODB_URL: _, REDIS_URL: __, ...env } = process.env;
  return spawnSync(process.execPath, [main, ...flags], { encoding: 'utf8', env });
}

describe.each(['fuzz', 'kill', 'processes', 'soak', 'tamper'])('%s', (campaign) => {
  it('explains itself, and how it is run', () => {
    const { status, stdout, stderr } = run(campaign, '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`node test/campaigns/${campaign}.mjs`);
  });

  it.each<[string, string[], RegExp]>([
    ['a flag that it has not', ['--nonsense'], /^Unknown option '--nonsense'/],
    ['a word that belongs to no flag', ['--json', 'nonsense'], /^Unexpected argument 'nonsense'/],
    [
      'a number that is none',
      ['--store', 'sqlite', '--seed', 'x'],
      /^(--seed is a|Unknown option '--store')/,
    ],
    ['a server that nobody has named', ['--store', 'mongodb'], /^(set MONGODB_URL|Unknown option '--store')/],
  ])('says in a line what is wrong with %s, and then how it is run', (_, flags, says) => {
    const { status, stdout, stderr } = run(campaign, ...flags);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(says);
    expect(stderr).toContain(`node test/campaigns/${campaign}.mjs`);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

it.each([
  ['soak', ['--minutes', '0', '--tenants', '1']],
  ['tamper', ['--cases', '1']],
])('%s says in a line that its folder was begun with other options', async (campaign, flags) => {
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-options-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const common = ['--store', 'sqlite', '--folder', folder, ...flags];
  run(campaign, ...common, '--seed', '8');
  const { status, stderr } = run(campaign, ...common, '--seed', '9');
  expect([status, stderr]).toEqual([2, 'this folder was begun with --seed 8\n']);
});

it('a parser that there is not is none that was tried without a problem', () => {
  const { status, stderr } = run('fuzz', '--only', 'nonsense', '--cases', '1');
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^--only: there is no parser nonsense/)]);
});
