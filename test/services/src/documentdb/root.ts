import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install } from '../debian.ts';
import { run, which } from '../process.ts';
import { aptSettings, debianMirror } from './apt.ts';
import { cachePaths } from './paths.ts';
import { runSandboxed } from './sandbox.ts';

const BUILD_MS = 10 * 60_000;

/** The suite of Debian that has the engine. */
const SUITE = 'sid';

/** debootstrap downloads by itself and does not know the proxy of apt. */
const BOOTSTRAP = `
  eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
  export http_proxy
  exec debootstrap "$@"
`;

/**
 * Installs the engine without its recommendations, documentation and the cluster that its package would make.
 * The root gets device nodes of its own: with the machine's /dev in it, removing it would remove that too.
 */
const INSTALL = `
  root=$1
  mount -t proc proc "$root/proc"
  mount -t tmpfs tmpfs "$root/dev/shm"
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  cd "$root"
  printf 'force-unsafe-io\\npath-exclude=/usr/share/doc/*\\npath-exclude=/usr/share/man/*\\n' > etc/dpkg/dpkg.cfg.d/small
  printf '#!/bin/sh\\nexit 101\\n' > usr/sbin/policy-rc.d
  chmod +x usr/sbin/policy-rc.d
  mkdir -p etc/postgresql-common
  echo 'create_main_cluster = false' > etc/postgresql-common/createcluster.conf
  chroot . apt-get update
  package=$(chroot . apt-cache pkgnames postgresql- | grep -E '^postgresql-[0-9]+-documentdb$' | sort -V | tail -n 1)
  test -n "$package" || { echo 'Debian has no package postgresql-*-documentdb' >&2; exit 1; }
  chroot . apt-get install -y --no-install-recommends "$package"
  chroot . apt-get clean
  rm -rf var/lib/apt/lists
`;

/** Builds the root in a directory beside it and moves it into place whole. Must hold the lock. */
export async function buildRoot(log: (line: string) => void): Promise<void> {
  const { root, partialRoot, directory } = cachePaths();
  if (existsSync(root)) return;
  await removeTree(partialRoot);
  mkdirSync(directory, { recursive: true });
  if (!which('debootstrap')) {
    log('mongodb: installing debootstrap with apt-get');
    await install('debootstrap', 'debootstrap');
  }
  log(`mongodb: building a root of Debian ${SUITE} with the DocumentDB engine (once, a minute or two)`);
  const mirror = await debianMirror();
  const include = mirror?.startsWith('https:') ? ['--include=ca-certificates'] : [];
  const debootstrap = ['--variant=minbase', ...include, SUITE, partialRoot, ...(mirror ? [mirror] : [])];
  await runSandboxed(BOOTSTRAP, debootstrap, BUILD_MS);
  writeFileSync(join(partialRoot, 'etc/apt/apt.conf.d/90host'), await aptSettings());
  await runSandboxed(INSTALL, [partialRoot], BUILD_MS);
  mkdirSync(join(partialRoot, 'srv/sealtrail'), { recursive: true });
  renameSync(partialRoot, root);
}

/** The directory of PostgreSQL's programs as seen from inside the root. */
export function postgresBin(root: string): string {
  const versions = readdirSync(join(root, 'usr/lib/postgresql')).filter((name) => /^\d+$/.test(name));
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error('the Debian root has no PostgreSQL');
  return `/usr/lib/postgresql/${newest}/bin`;
}

/** Never crosses into another file system: a leftover mount must not be emptied with the directory. */
export async function removeTree(path: string): Promise<void> {
  await run('rm', ['-rf', '--one-file-system', path]);
}
