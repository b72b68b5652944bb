// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SEALS_TENANT } from '@sealtrail/format';
import { Directory, openStore } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { Jobs } from './jobs.mjs';
import { Published } from './published.mjs';

const WORKER = fileURLToPath(new URL('../../../../packages/worker/dist/main.js', import.meta.url));
const RESTART_MS = 500;
/**
 * Until when everything has to be anchored, sealed and published without anybody's help. A job of a worker that died is taken over
 * within a minute (its lock of 30 s, and two looks 15 s apart), and one that met an outage waits up to a minute for its next attempt.
 */
const CATCH_UP_MS = 180_000;

/** Worker processes that anchor, seal and publish one store. Each is started again when it is killed. */
export class Workers {
  kills = 0;
  /** Starts after an end of its own. */
  restarts = 0;
  #location;
  #redis;
  #jobs;
  #published;
  /** @type {string[]} */
  #problems = [];
  /** @type {(import('node:child_process').ChildProcess | undefined)[]} */
  #running = [];
  /** The last words of each. @type {string[]} */
  #said = [];
  #stopping = false;

  /**
   * @param {{ readonly location: string, readonly redis: string, readonly folder: string,
   *   readonly checkpoint: import('./published.mjs').State['checkpoint'] }} options  `checkpoint`: the one that was trusted last
   */
  constructor({ location, redis, folder, checkpoint }) {
    this.#location = location;
    this.#redis = redis;
    this.#jobs = new Jobs(redis, location);
    this.#published = new Published(folder, checkpoint);
    process.once('exit', () => {
      for (const child of this.#running) child?.kill('SIGKILL');
    });
  }

  /** @param {number} count */
  async start(count) {
    await this.#published.begin();
    for (let i = 0; i < count; i++) this.#start(i);
  }

  /** @param {number} i */
  #start(i) {
    const child = spawn(process.execPath, [WORKER], {
      env: {
        PATH: process.env['PATH'],
        SEALTRAIL_STORE: this.#location,
        REDIS_URL: this.#redis,
        SEALTRAIL_QUEUE_PREFIX: this.#jobs.prefix,
        SEALTRAIL_TICK_INTERVAL: '300ms',
        SEALTRAIL_SEAL_INTERVAL: '700ms',
        SEALTRAIL_SWEEP_INTERVAL: '0s',
        SEALTRAIL_PUBLISH_INTERVAL: '900ms',
        SEALTRAIL_LOG_FOLDER: this.#published.folder,
        SEALTRAIL_KEY_FILES: this.#published.key,
        SEALTRAIL_MAX_SEGMENT: '200',
        SEALTRAIL_MAX_DELAY: '0s',
        SEALTRAIL_HTTP_PORT: '0',
        SEALTRAIL_LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said = `${said}${text}`.slice(-2_000);
        this.#said[i] = said;
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

  /** The newest checkpoint that was published: the store must begin with what it signs. */
  get checkpoint() {
    return this.#published.last;
  }

  /**
   * Waits until all is anchored, sealed and published, with nobody doing anything about it.
   *
   * @returns {Promise<string[]>} what went wrong
   */
  async caughtUp() {
    const deadline = Date.now() + CATCH_UP_MS;
    try {
      for (;;) {
        const left = await this.#left();
        if (left === undefined) return [...this.#problems.splice(0), ...(await this.#jobs.wrong())];
        if (Date.now() > deadline)
          return [
            ...this.#problems.splice(0),
            `${left}, ${CATCH_UP_MS / 1_000} s after the faults`,
            // What it takes to find out why: all of it is gone when the campaign is over.
            ...(await this.#jobs.told()),
            ...this.#said.map((said, i) => `worker ${i} said last: ${said.slice(-1_000)}`),
          ];
        await sleep(500);
      }
    } catch (error) {
      return [...this.#problems.splice(0), String(error instanceof Error ? error.stack : error)];
    }
  }

  /** What still has to be done. */
  async #left() {
    const source = await openSource(this.#location);
    let unanchored = 0;
    let seals = 0;
    try {
      await verifyAll(source, {
        onTenant: (tenant) => {
          if (tenant.tenant === SEALS_TENANT) seals = tenant.walked;
          if (!tenant.tenant.startsWith('~')) unanchored += tenant.unanchored?.count ?? 0;
        },
      });
      if (unanchored > 0) return `${unanchored} entries are not anchored`;
    } finally {
      await source.close();
    }
    return (await this.#unsealed()) ?? (await this.#published.behind(seals));
  }

  /** A tenant whose newest anchor is under no seal yet. */
  async #unsealed() {
    const store = await openStore(this.#location);
    try {
      const directory = await Directory.at(store);
      for await (const { tenant, anchor_number: newest } of store.heads()) {
        const anchors = (newest ?? -1) + 1;
        const sealed = directory.get(tenant)?.anchors ?? 0;
        if (!tenant.startsWith('~') && sealed < anchors)
          return `${sealed} of ${anchors} anchors of ${tenant} are under a seal`;
      }
      return undefined;
    } finally {
      await store.close();
    }
  }

  /**
   * @param {boolean} [forget]  whether nobody goes on with these jobs
   * @returns {Promise<string[]>} what went wrong
   */
  async stop(forget = false) {
    if (this.#stopping) return [];
    this.#stopping = true;
    await Promise.all(
      this.#running.map(async (child) => {
        if (child === undefined) return;
        const end = once(child, 'exit');
        child.kill('SIGTERM');
        await end;
      }),
    );
    await this.#jobs.close(forget);
    return this.#problems;
  }
}
