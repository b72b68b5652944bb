// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startInlineAnchoring } from '@sealtrail/worker/inline';

const WORKER = fileURLToPath(new URL('../../../../packages/worker/dist/main.js', import.meta.url));
const MAX_SEGMENT = 256;

/**
 * What anchors, seals and expires while the soak runs: a worker process where there is Redis, this process otherwise.
 *
 * @param {{ readonly sealtrail: import('@sealtrail/sdk').Sealtrail, readonly views: import('@sealtrail/views').Views,
 *   readonly place: import('../place.mjs').Place, readonly redis: string | undefined, readonly everyMs: number }} options
 * @returns {Promise<{ readonly pid: number | undefined, stop(): Promise<string[]> }>} `stop` tells what went wrong
 */
export async function startAnchoring({ sealtrail, views, place, redis, everyMs }) {
  /** @type {string[]} */
  const problems = [];
  if (redis === undefined) {
    const { store } = sealtrail;
    const inline = startInlineAnchoring({
      store,
      views,
      intervalMs: everyMs,
      maxSegment: MAX_SEGMENT,
      maxDelayMs: everyMs * 2,
      onAlert: ({ code, message }) => void problems.push(`alert ${code}: ${message}`),
    });
    return {
      pid: undefined,
      stop: async () => {
        await inline.stop();
        return problems;
      },
    };
  }
  const child = spawn(process.execPath, [WORKER], {
    env: {
      PATH: process.env['PATH'],
      SEALTRAIL_STORE: place.location,
      REDIS_URL: redis,
      SEALTRAIL_QUEUE_PREFIX: `soak${process.pid}`,
      SEALTRAIL_TICK_INTERVAL: `${everyMs}ms`,
      SEALTRAIL_SWEEP_INTERVAL: `${everyMs}ms`,
      SEALTRAIL_SEAL_INTERVAL: `${everyMs}ms`,
      SEALTRAIL_MAX_SEGMENT: String(MAX_SEGMENT),
      SEALTRAIL_MAX_DELAY: `${everyMs * 2}ms`,
      SEALTRAIL_HTTP_PORT: '0',
      SEALTRAIL_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A soak that is interrupted leaves no worker behind.
  process.once('exit', () => child.kill('SIGKILL'));
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => void problems.push(`worker: ${text.slice(0, 1_000)}`));
  return {
    pid: child.pid,
    stop: async () => {
      if (child.exitCode !== null) return [...problems, `the worker ended with ${child.exitCode}`];
      const end = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await end;
      return code === 0 ? problems : [...problems, `the worker ended with ${code}`];
    },
  };
}
