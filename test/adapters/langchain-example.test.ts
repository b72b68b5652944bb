import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../../examples/langchain', import.meta.url));

it('the example for LangChain tells its story, and its log is valid', async () => {
  // Rejects unless the exit code is 0.
  const { stdout } = await promisify(execFile)('npm', ['start', '--silent'], { cwd: folder });
  expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
    'waits: send_mail: She should know. (0.8)',
    'waits: set_discount: She asked for a better price. (0.55)',
    'waits: update_contact: Her signature has a new number. (0.94)',
    'agent: The number and the discount are set. I sent no mail.',
    'update_contact: decision.approved by u-17, execution.executed',
    'set_discount: decision.edited_approved by u-17, execution.executed',
    'send_mail: decision.rejected by u-17, not executed',
    expect.stringMatching(/^acme: chain valid: 12 entries walked/),
    'as expected',
  ]);
});
