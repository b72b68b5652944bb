import { type RunningChild, run, startChild } from '../process.ts';

/**
 * Namespaces of their own for mounts, processes and shared memory: what a script mounts vanishes with it, and
 * all that it has started is killed by the kernel when its first process ends.
 */
const ISOLATE = [
  '--mount',
  '--propagation',
  'private',
  '--pid',
  '--fork',
  '--kill-child',
  '--ipc',
  '--mount-proc',
];

function sandboxed(script: string, args: string[]): string[] {
  return [...ISOLATE, 'sh', '-euc', script, 'sh', ...args];
}

/** Runs a shell script to its end; `args` are its $1, $2, … */
export function runSandboxed(script: string, args: string[], timeoutMs: number): Promise<string> {
  return run('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...sandboxed(script, args)], { timeoutMs });
}

/** Starts a shell script that stays up until it is stopped. */
export function startSandboxed(script: string, args: string[]): RunningChild {
  return startChild('unshare', sandboxed(script, args));
}
