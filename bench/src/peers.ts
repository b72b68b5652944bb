import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../peers/', import.meta.url));

/** Installs the other packages, for this alone, and runs the comparison. @returns its exit code */
export function benchPeers({ quick, markdown }: { quick?: boolean; markdown?: string }): number {
  const run = (program: string, args: readonly string[]): number =>
    spawnSync(program, args, { stdio: 'inherit' }).status ?? 2;
  const installed = run('npm', ['ci', '--no-audit', '--no-fund', '--prefix', FOLDER]);
  if (installed !== 0) return installed;
  const size = quick ? ['--entries', '200', '--rounds', '1'] : ['--entries', '5000', '--rounds', '3'];
  const target = markdown === undefined ? [] : ['--markdown', markdown];
  return run(process.execPath, [`${FOLDER}run.mjs`, ...size, ...target]);
}
