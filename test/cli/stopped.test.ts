import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newSqlitePlace } from '../support/places.ts';
import { reports } from '../support/verified.ts';
import { MAINS, sealtrail } from './helpers/bins.ts';
import { fill } from './helpers/stores.ts';

/** Asks the process to end as soon as it says where its server is, before it does anything else. */
const AT_ONCE = `data:text/javascript,${encodeURIComponent(`
  const write = process.stdout.write;
  process.stdout.write = (chunk, ...rest) => {
    const written = write.call(process.stdout, chunk, ...rest);
    if (/ is at http|^console: http/.test(chunk)) process.kill(process.pid, 'SIGTERM');
    return written;
  };`)}`;

async function stoppedAtOnce(args: readonly string[]): Promise<{ ended: unknown[]; stdout: string }> {
  const child = spawn(process.execPath, ['--import', AT_ONCE, MAINS.sealtrail, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  return { ended: await once(child, 'close'), stdout };
}

// A signal that nobody hears yet would end the process with whatever it had open.
it.skipIf(process.platform === 'win32')(
  'a server that is stopped as soon as it says where it is closes, and ends with 0',
  async () => {
    const { location, folder } = await newSqlitePlace();
    await fill(location, { acme: { entries: 3 } });
    const [logKey, witnessKey] = [join(folder, 'log.key'), join(folder, 'witness.key')];
    const made = await sealtrail(['key', 'new', logKey, '--name', 'audit.example/log', '--json']);
    const { vkey } = JSON.parse(made.stdout) as { vkey: string };
    await sealtrail(['key', 'new', witnessKey, '--name', 'witness.example', '--for', 'witness']);
    const log = join(folder, 'log');
    expect((await sealtrail(['publish', location, '--key', logKey, '--log', log])).code).toBe(0);

    for (const [args, line] of [
      [['console', location, '--port', '0'], /ready\n$/],
      [['serve-log', log, '--port', '0'], /^the log is at http/],
      [
        [
          ...['witness', '--key', witnessKey, '--log', vkey],
          ...['--state', join(folder, 'w.db'), '--init', '--port', '0'],
        ],
        /^the witness .+ is at http/,
      ],
    ] as const) {
      const { ended, stdout } = await stoppedAtOnce(args);
      expect(stdout).toMatch(line);
      expect([args[0], ...ended]).toEqual([args[0], 0, null]);
    }
    expect((await reports(location)).get('acme')).toMatchObject({ status: 'valid', walked: 4 });
  },
);
