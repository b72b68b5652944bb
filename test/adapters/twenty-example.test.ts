import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../examples/twenty', import.meta.url));

it('the example for Twenty explains what an agent wrote, records what nobody explains, and its log is valid', async () => {
  // Rejects unless the exit code is 0.
  const { stdout } = await promisify(execFile)('npm', ['start', '--silent'], { cwd: folder });
  expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
    'proposal.created by agent twenty-agent',
    'decision.approved by user member-sarah',
    'execution.started by agent twenty-agent',
    'execution.executed by agent twenty-agent',
    'record.changed by agent twenty-agent',
    'record.changed by user user-ben, no proposal explains it',
    'record.changed by system twenty, no proposal explains it',
    expect.stringMatching(/^all valid: 1 log, 8 entries walked/),
  ]);
});
