import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { basename, delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The path of a program, or undefined if it is not installed. */
export function which(program: string): string | undefined {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this directory
    }
  }
  return undefined;
}

/** Runs a program to its end. The error of a failing one carries the last lines that it wrote. */
export async function run(
  program: string,
  args: string[],
  options: { timeoutMs?: number } = {},
): Promise<string> {
  try {
    const { stdout } = await execute(program, args, {
      maxBuffer: 64 * 1024 * 1024,
      timeout: options.timeoutMs ?? 0,
      killSignal: 'SIGKILL',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    });
    return stdout;
  } catch (error) {
    const { stderr, stdout, killed } = error as { stderr?: string; stdout?: string; killed?: boolean };
    const lines = lastLines(`${stdout ?? ''}\n${stderr ?? ''}`);
    throw new Error(
      `${basename(program)} failed${killed ? ' (time is up)' : ''}: ${lines || (error as Error).message}`,
    );
  }
}

export function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-4).join(' | ').slice(-600);
}

/**
 * Starts a long-running child that dies with this process, even if this process is killed. On Linux the kernel
 * sees to it; elsewhere only an orderly exit does.
 */
export function startChild(program: string, args: string[]): RunningChild {
  const guarded = process.platform === 'linux' && which('setpriv') !== undefined;
  const child = guarded
    ? spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    : spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  return new RunningChild(program, child);
}

export class RunningChild {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;
  readonly #killAtExit: () => void;
  #output = '';

  constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-8192);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.stdin?.on('error', () => {});
    this.#killAtExit = () => child.kill('SIGKILL');
    process.once('exit', this.#killAtExit);
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', () => resolve(lastLines(this.#output) || 'it wrote nothing'));
    });
  }

  /** Rejects as soon as the child ends; never resolves. */
  async ended(): Promise<never> {
    throw new Error(`${this.#name} ended: ${await this.#ended}`);
  }

  /** The first line that the child writes to its standard output. */
  async firstLine(): Promise<string> {
    const lines = createInterface({ input: this.#child.stdout! });
    const line = new Promise<string>((resolve) => lines.once('line', resolve));
    return Promise.race([line, this.ended()]);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM', patienceMs = 5000): Promise<void> {
    process.removeListener('exit', this.#killAtExit);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
    await this.#ended;
    clearTimeout(timer);
  }
}

/** A TCP port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
