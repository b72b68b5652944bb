import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SEALTRAIL = fileURLToPath(
  import.meta.resolve('@sealtrail/cli/package.json').replace(/package\.json$/, 'dist/main.js'),
);
const VERIFIER = fileURLToPath(
  import.meta.resolve('@sealtrail/verifier').replace(/index\.js$/, 'cli/main.js'),
);

/** The built commands. */
export const MAINS = { sealtrail: SEALTRAIL, verifier: VERIFIER } as const;

/** What a command did. */
export interface Ran {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built `sealtrail`. */
export function sealtrail(args: readonly string[], stdin: string | Uint8Array = ''): Promise<Ran> {
  return run(SEALTRAIL, args, stdin);
}

/** Runs the built `sealtrail-verify`. */
export function sealtrailVerify(args: readonly string[], stdin: string | Uint8Array = ''): Promise<Ran> {
  return run(VERIFIER, args, stdin);
}

/** Runs the built `sealtrail` and stops reading after its first output, like `| head -n 1`. */
export function sealtrailCutOff(args: readonly string[], stdin = ''): Promise<Ran> {
  return run(SEALTRAIL, args, stdin, true);
}

async function run(
  bin: string,
  args: readonly string[],
  stdin: string | Uint8Array,
  cutOff = false,
): Promise<Ran> {
  const child = spawn(process.execPath, [bin, ...args], { env: { PATH: process.env['PATH'] } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (cutOff) child.stdout.destroy();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A command that ends without reading its input closes the pipe; that is its right.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal, stdout, stderr }));
  });
}

/** Standard output as one JSON value for each line. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** The code of the error that a command printed with --json. */
export function errorCode({ stdout }: Ran): unknown {
  return (JSON.parse(stdout) as { error?: { code?: unknown } }).error?.code;
}
