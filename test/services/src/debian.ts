import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from './lock.ts';
import { run, which } from './process.ts';

/** Whether packages of Debian (or a child of it) can be installed here. */
export function isDebianRoot(): boolean {
  return (
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    existsSync('/etc/debian_version') &&
    which('apt-get') !== undefined
  );
}

const INSTALL_MS = 5 * 60_000;

/** Installs a package unless the program that it is wanted for is there. apt lets in only one at a time. */
export function install(name: string, program: string): Promise<void> {
  return withLock(join(tmpdir(), 'sealtrail-services-apt.lock'), async () => {
    if (which(program)) return;
    const options = ['-o', 'DPkg::Lock::Timeout=120', '-y', '--no-install-recommends'];
    await run('apt-get', ['update'], { timeoutMs: INSTALL_MS });
    await run('apt-get', ['install', ...options, name], { timeoutMs: INSTALL_MS });
  });
}
