import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { install, isDebianRoot } from '../debian.ts';
import { freePort, run, startChild, which } from '../process.ts';
import { redisReady } from '../ready.ts';
import { makeTempDir, removeTempDir } from '../temp.ts';
import type { CrashOptions, Found, Way } from '../ways.ts';

const START_MS = 10_000;

const fromEnvironment: Way = {
  name: 'REDIS_URL',
  decisive: true,
  async start(skip) {
    const url = process.env['REDIS_URL'];
    if (!url) return skip('not set');
    await redisReady(url, 5000);
    return { url, kind: 'REDIS_URL', stop: async () => {} };
  },
};

const onPath: Way = {
  name: 'redis-server or valkey-server on PATH',
  async start(skip) {
    for (const program of ['redis-server', 'valkey-server']) {
      if (which(program)) return startRedis(program);
    }
    return skip('neither is installed');
  },
};

const fromDebian: Way = {
  name: 'the Debian package redis-server',
  async start(skip, log) {
    if (!isDebianRoot()) return skip('needs Debian and root');
    log('installing redis-server with apt-get');
    await install('redis-server', 'redis-server');
    // The package may have started a server of its own on the standard port, and would again at the next boot.
    await run('service', ['redis-server', 'stop']).catch(() => {});
    await run('systemctl', ['disable', 'redis-server']).catch(() => {});
    return startRedis('redis-server');
  },
};

/** With its own data directory and an append-only file: what a queue in production should have. */
async function startRedis(program: string): Promise<Found> {
  const directory = makeTempDir('redis');
  const port = await freePort();
  const options = {
    port: String(port),
    bind: '127.0.0.1',
    dir: directory,
    appendonly: 'yes',
    save: '',
    'maxmemory-policy': 'noeviction',
  };
  const start = () =>
    startChild(
      program,
      Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    );
  let child = start();
  const stop = async (): Promise<void> => {
    await child.stop();
    removeTempDir(directory);
  };
  const url = `redis://127.0.0.1:${port}`;
  const ready = () => Promise.race([redisReady(url, START_MS), child.ended()]);
  try {
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  const crash = async ({ awayMs = 0, lose = false }: CrashOptions = {}): Promise<void> => {
    await child.stop('SIGKILL');
    if (lose) await rm(join(directory, 'appendonlydir'), { recursive: true, force: true });
    await sleep(awayMs);
    child = start();
    await ready();
  };
  return { url, kind: program, stop, crash };
}

export const REDIS_WAYS: readonly Way[] = [fromEnvironment, onPath, fromDebian];
