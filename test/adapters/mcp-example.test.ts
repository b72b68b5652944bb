import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../examples/mcp', import.meta.url));

it('the example for MCP tells its story, and its log is valid', async () => {
  // Rejects unless the exit code is 0.
  const { stdout } = await promisify(execFile)('npm', ['start', '--silent'], { cwd: folder });
  expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
    'update_contact: pending',
    'set_discount: pending',
    'send_mail: pending',
    'update_contact: decision.approved by u-17, execution.executed',
    'set_discount: decision.edited_approved by u-17, execution.executed',
    'send_mail: decision.rejected by u-17, not executed',
    expect.stringMatching(/^acme: chain valid: 12 entries walked/),
    'as expected',
  ]);
});
