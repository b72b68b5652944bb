// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const WRITER = fileURLToPath(new URL('writer.mjs', import.meta.url));

/**
 * Writer processes that work on one store.
 */
export class Crew {
  /** @type {import('./writer.mjs').Plan[]} */
  plans;
  /** How many processes were killed. */
  kills = 0;
  /** @type {(import('node:child_process').ChildProcess | undefined)[]} */
  #running = [];
  /** @type {string[]} */
  #problems = [];

  /**
   * @param {import('./place.mjs').Place} place
   * @param {string} name  begins the writers' names
   * @param {{ processes: number, entries: number, tenants: number, callers: number, seed: number, through?: string }} share
   *   `through`: another way to the store
   */
  constructor(place, name, { processes, entries, tenants, callers, seed, through = place.location }) {
    this.plans = Array.from({ length: processes }, (_, i) => ({
      location: through,
      seed: seed * 1_000_003 + i * entries,
      name: `${name}${i}`,
      entries,
      tenants,
      callers,
      attempts: 2_000,
      acks: join(place.folder, `${name}${i}.acks`),
    }));
    // Nobody stays behind when the campaign itself fails.
    process.once('exit', () => {
      for (const child of this.#running) child?.kill('SIGKILL');
    });
  }

  /** Positions of the writers that are at work. */
  get running() {
    return [...this.plans.keys()].filter((i) => this.#running[i] !== undefined);
  }

  start() {
    for (const i of this.plans.keys()) this.#start(i);
  }

  /** @param {number} i */
  #start(i) {
    const child = spawn(process.execPath, [WRITER, JSON.stringify(this.plans[i])], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    let errors = '';
    child.stderr?.on('data', (data) => {
      errors = `${errors}${data}`.slice(-4_000);
    });
    this.#running[i] = child;
    child.once('exit', (code, signal) => {
      this.#running[i] = undefined;
      if (code !== 0 && signal !== 'SIGKILL')
        this.#problems.push(`writer ${this.plans[i]?.name} ended with ${code ?? signal}: ${errors}`);
    });
  }

  /**
   * Kills writers at once, without warning, and starts each again.
   *
   * @param {readonly number[]} which
   */
  async kill(which) {
    const ends = which.map((i) => {
      const child = this.#running[i];
      if (child === undefined) return undefined;
      const end = once(child, 'exit');
      child.kill('SIGKILL');
      return end.then(([, signal]) => {
        if (signal === 'SIGKILL') this.kills++;
      });
    });
    await Promise.all(ends);
    for (const i of which) this.#start(i);
  }

  /**
   * Stops a writer in the middle of whatever it does, and wakes it when others had time to take over.
   *
   * @param {number} i
   * @param {number} pauseMs
   */
  async pause(i, pauseMs) {
    const child = this.#running[i];
    if (child === undefined) return false;
    child.kill('SIGSTOP');
    await sleep(pauseMs);
    child.kill('SIGCONT');
    return child.exitCode === null;
  }

  /**
   * Waits until every writer has done its share.
   *
   * @returns {Promise<string[]>} what went wrong
   */
  async done() {
    for (const child of this.#running) {
      if (child !== undefined && child.exitCode === null && child.signalCode === null)
        await once(child, 'exit');
    }
    return this.#problems;
  }
}
