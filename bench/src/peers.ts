import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../peers/', import.meta.url));
const PAGE = fileURLToPath(new URL('../PEERS.md', import.meta.url));

export interface PeersOptions {
  readonly quick?: boolean | undefined;
  readonly json?: string | undefined;
  /** Default: the page that is committed, unless it is only to be seen that it runs. */
  readonly markdown?: string | undefined;
}

/** Installs the other packages, for this alone, and runs the comparison. @returns its exit code */
export function benchPeers({ quick, json, markdown = quick ? undefined : PAGE }: PeersOptions): number {
  const run = (program: string, args: readonly string[]): number =>
    spawnSync(program, args, { stdio: 'inherit' }).status ?? 2;
  // Strangers' install scripts have no business here, and none of them is needed.
  const quiet = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'];
  const installed = run('npm', ['ci', ...quiet, '--prefix', FOLDER]);
  if (installed !== 0) return installed;
  const options = quick ? ['--entries', '300', '--rounds', '1'] : [];
  if (json !== undefined) options.push('--json', json);
  if (markdown !== undefined) options.push('--markdown', markdown);
  return run(process.execPath, [`${FOLDER}run.mjs`, ...options]);
}
