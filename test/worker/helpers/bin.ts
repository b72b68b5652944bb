import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(import.meta.resolve('@sealtrail/worker').replace(/index\.js$/, 'main.js'));

/** A `sealtrail-worker` process, run from the built package. */
export class Bin {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | string>;

  /** @param output a file for its standard output, which is not read then; closed here */
  constructor(args: readonly string[], env: Readonly<Record<string, string>>, output?: number) {
    // Nothing of this process's own environment: what the worker reads is what the test gives.
    this.#child = spawn(process.execPath, [MAIN, ...args], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['pipe', output ?? 'pipe', 'pipe'],
    });
    if (output !== undefined) closeSync(output);
    this.#child.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.#ended = once(this.#child, 'close').then(([code, signal]) => code ?? signal);
  }

  /** The exit code, or the signal that ended it. */
  ended(): Promise<number | string> {
    return this.#ended;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The log lines so far. */
  lines(): Record<string, unknown>[] {
    const whole = this.stdout.slice(0, this.stdout.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  logged(message: string): boolean {
    return this.lines().some(({ msg }) => msg === message);
  }
}
