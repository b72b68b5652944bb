#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { helpText } from './cli/help.ts';
import { runOnce } from './cli/once.ts';
import { closeOnSignal } from './cli/signals.ts';
import { readConfig, readOnceConfig } from './config/read-config.ts';
import { hide, secretsOfConfig } from './config/secrets.ts';
import { createWorker } from './worker.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
      once: { type: 'boolean' },
    },
    strict: true,
  });
  if (values.help) {
    process.stdout.write(helpText());
  } else if (values.version) {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    console.log(version);
  } else if (values.once) {
    process.exitCode = await runOnce(readOnceConfig(process.env));
  } else {
    const worker = createWorker(readConfig(process.env));
    let isStopping = false;
    // Before the start: a signal that comes during it is not lost.
    closeOnSignal(() => {
      isStopping = true;
      return worker.close();
    });
    await worker.start().catch((error) => {
      if (!isStopping) throw error;
    });
  }
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  // As the environment has them: the configuration may be what is wrong.
  const { SEALTRAIL_STORE: store, REDIS_URL: redisUrl, SEALTRAIL_INDEX: index } = process.env;
  const secrets = secretsOfConfig({ store, redisUrl, index });
  console.error(`sealtrail-worker: ${hide(message, secrets)}`);
  process.exitCode = 2;
}

// Node would end with 1, which says that a log is broken, and with a stack that may show a password.
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit(2);
});
process.stderr.on('error', () => {});
main().catch(fail);
