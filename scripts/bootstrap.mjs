// @ts-check
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

// Notes which lockfile is installed, so that a second run does not install again.
const STAMP = join(root, 'node_modules', '.sealtrail-installed');

/**
 * Installs the dependencies with the pinned pnpm, fetched by npx: a fresh machine needs only Node and npm.
 */
export function install() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Sealtrail needs Node 20.19 or newer; this is ${process.versions.node}`);
  }
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return;
  console.error('installing dependencies ...');
  run('npx', ['-y', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'], {
    quiet: true,
  });
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, lock);
}

export function build() {
  console.error('building ...');
  run('turbo', ['run', 'build', '--output-logs=errors-only', '--no-update-notifier'], { quiet: true });
}

/**
 * Runs a command with the workspace's own binaries on PATH; ends this process when it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv }} [options] quiet: its output is shown only when it fails
 */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: environment(options.env),
    shell: process.platform === 'win32',
    maxBuffer: 1 << 28,
  });
  if (result.error !== undefined) fail(`${command}: ${result.error.message}`);
  if (result.status === 0) return;
  if (options.quiet) console.error(`${result.stdout}${result.stderr}`);
  fail(`${command} ${args.join(' ')} failed`, result.status ?? 1);
}

/**
 * @param {NodeJS.ProcessEnv} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(extra = {}) {
  return {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: '1',
    ...extra,
    PATH: [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
  };
}

/**
 * @param {string} message
 * @param {number} [status]
 * @returns {never}
 */
function fail(message, status = 1) {
  console.error(message);
  process.exit(status);
}
