import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Runs a script of this folder in a process of its own. @returns the JSON that it prints */
export async function inChild<T>(script: string, args: readonly string[]): Promise<T> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  // Not what it was given: the URL of a server may be in it.
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
  return JSON.parse(out) as T;
}
