// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createKeyFile } from '@sealtrail/publisher';
import { policyOfKey } from '@sealtrail/tlog';
import { openPublishedLog, openSource, verifyAll, verifyCheckpoint } from '@sealtrail/verifier';

const WORKER = fileURLToPath(new URL('../../../../packages/worker/dist/main.js', import.meta.url));
const PREFIX = 'kill';
const RESTART_MS = 500;
/** Until when everything has to be anchored, sealed and published without anybody's help. */
const CATCH_UP_MS = 90_000;

/** Worker processes that anchor, seal and publish one store. Each is started again when it is killed. */
export class Workers {
  kills = 0;
  /** Starts after an end of its own. */
  restarts = 0;
  #location;
  #redis;
  #folder;
  /** @type {import('@sealtrail/tlog').Policy | undefined} */
  #policy;
  /** @type {string[]} */
  #problems = [];
  /** @type {(import('node:child_process').ChildProcess | undefined)[]} */
  #running = [];
  #stopping = false;

  /** @param {{ readonly location: string, readonly redis: string, readonly folder: string }} options */
  constructor({ location, redis, folder }) {
    this.#location = location;
    this.#redis = redis;
    this.#folder = folder;
    process.once('exit', () => {
      for (const child of this.#running) child?.kill('SIGKILL');
    });
  }

  /** @param {number} count */
  async start(count) {
    this.#policy = policyOfKey(await createKeyFile(join(this.#folder, 'key'), 'kill.example/log', 'log'));
    for (let i = 0; i < count; i++) this.#start(i);
  }

  /** @param {number} i */
  #start(i) {
    const child = spawn(process.execPath, [WORKER], {
      env: {
        PATH: process.env['PATH'],
        SEALTRAIL_STORE: this.#location,
        REDIS_URL: this.#redis,
        SEALTRAIL_QUEUE_PREFIX: PREFIX,
        SEALTRAIL_TICK_INTERVAL: '300ms',
        SEALTRAIL_SEAL_INTERVAL: '700ms',
        SEALTRAIL_SWEEP_INTERVAL: '0s',
        SEALTRAIL_PUBLISH_INTERVAL: '900ms',
        SEALTRAIL_LOG_FOLDER: join(this.#folder, 'published'),
        SEALTRAIL_KEY_FILES: join(this.#folder, 'key'),
        SEALTRAIL_MAX_SEGMENT: '200',
        SEALTRAIL_MAX_DELAY: '0s',
        SEALTRAIL_HTTP_PORT: '0',
        SEALTRAIL_LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said = `${said}${text}`.slice(-2_000);
      });
    this.#running[i] = child;
    child.once('exit', (code, signal) => {
      this.#running[i] = undefined;
      if (this.#stopping || signal === 'SIGKILL') return;
      // It may have come up while the store was away: what watches over processes starts it again. One that crashes does not pass.
      this.restarts++;
      if (/^\s+at .+:\d+:\d+/m.test(said))
        this.#problems.push(`worker ${i} ended with ${code ?? signal}: ${said}`);
      setTimeout(() => {
        if (!this.#stopping) this.#start(i);
      }, RESTART_MS);
    });
  }

  /** Kills one without warning, and starts it again. @param {() => number} random */
  async kill(random) {
    const i = Math.floor(random() * this.#running.length);
    const child = this.#running[i];
    if (child === undefined) return false;
    const end = once(child, 'exit');
    child.kill('SIGKILL');
    await end;
    this.kills++;
    this.#start(i);
    return true;
  }

  /**
   * Waits until all is anchored, sealed and published, with nobody doing anything about it.
   *
   * @returns {Promise<string[]>} what went wrong
   */
  async caughtUp() {
    const deadline = Date.now() + CATCH_UP_MS;
    for (;;) {
      const left = await this.#left();
      if (left === undefined) return this.#problems.splice(0);
      if (Date.now() > deadline)
        return [...this.#problems.splice(0), `${left}, ${CATCH_UP_MS / 1_000} s after the faults`];
      await sleep(500);
    }
  }

  /** What still has to be done. */
  async #left() {
    const source = await openSource(this.#location);
    let unanchored = 0;
    let anchored = 0;
    try {
      const { seal } = await verifyAll(source, {
        onTenant: (tenant) => {
          if (tenant.tenant.startsWith('~')) return;
          unanchored += tenant.unanchored?.count ?? 0;
          anchored++;
        },
      });
      if (unanchored > 0) return `${unanchored} entries are not anchored`;
      if (seal === null || seal.tenants < anchored) return `${anchored} tenants are not sealed`;
    } finally {
      await source.close();
    }
    return this.#unpublished();
  }

  async #unpublished() {
    const published = openPublishedLog(join(this.#folder, 'published'));
    try {
      const note = await published.checkpoint();
      if (this.#policy === undefined) return 'there is no policy';
      const { status, summary } = await verifyCheckpoint(note, { policy: this.#policy });
      return status === 'broken' ? summary : undefined;
    } catch (error) {
      return `nothing is published: ${error instanceof Error ? error.message : error}`;
    }
  }

  /** @returns {Promise<string[]>} what went wrong */
  async stop() {
    this.#stopping = true;
    await Promise.all(
      this.#running.map(async (child) => {
        if (child === undefined) return;
        const end = once(child, 'exit');
        child.kill('SIGTERM');
        await end;
      }),
    );
    return this.#problems;
  }
}
