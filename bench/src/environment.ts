import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Where and with what a report was measured. */
export interface Environment {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly openssl: string;
  readonly libraries: Readonly<Record<string, string>>;
  /** Load of the machine over the last minute before the first measurement: what others were doing. */
  readonly loadBefore: number;
}

export function describeEnvironment(): Environment {
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString(),
    machine: `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'unknown'}, ${memory} GiB, ${kernel()}`,
    node: process.versions.node,
    openssl: process.versions.openssl,
    libraries: Object.fromEntries(['libsql', 'mongodb', 'merkletreejs'].map((name) => [name, version(name)])),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

function kernel(): string {
  try {
    return readFileSync('/proc/version', 'utf8').split(' ').slice(0, 3).join(' ');
  } catch {
    return process.platform;
  }
}

/** The version in the manifest above a package's entry file: not every package lets its manifest be imported. */
function version(name: string): string {
  for (
    let url = new URL('./package.json', import.meta.resolve(name));
    ;
    url = new URL('../package.json', url)
  ) {
    if (existsSync(url)) {
      const manifest = JSON.parse(readFileSync(url, 'utf8')) as { name?: string; version?: string };
      if (manifest.name === name) return manifest.version ?? 'unknown';
    }
    if (url.pathname === '/package.json') return 'unknown';
  }
}
