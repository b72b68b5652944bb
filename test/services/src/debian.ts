import { existsSync } from 'node:fs';
import { which } from './process.ts';

/** Whether packages of Debian (or a child of it) can be installed here. */
export function isDebianRoot(): boolean {
  return (
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    existsSync('/etc/debian_version') &&
    which('apt-get') !== undefined
  );
}
