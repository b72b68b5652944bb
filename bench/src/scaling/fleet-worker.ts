import { createWorker } from '@sealtrail/worker';

// One worker of the fleet, as `sealtrail-worker` starts it, with nothing else to do than to anchor one tenant at a time.

const [store, redisUrl, queuePrefix] = process.argv.slice(2) as [string, string, string];
const worker = createWorker({
  store,
  redisUrl,
  queuePrefix,
  tickMs: 24 * 3_600_000,
  sweepMs: 0,
  sealMs: 0,
  publishMs: 0,
  maxDelayMs: 0,
  concurrency: 1,
  httpPort: 0,
  logLevel: 'error',
});
await worker.start();
process.on('SIGTERM', () => void worker.close().then(() => process.exit(0)));
