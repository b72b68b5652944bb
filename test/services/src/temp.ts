import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'sealtrail-services-';

/** A directory for one run of one service. Its name tells the owner, so that a later run can clear up after a kill. */
export function makeTempDir(service: string): string {
  sweep();
  return mkdtempSync(join(tmpdir(), `${PREFIX}${service}-${process.pid}-`));
}

export function removeTempDir(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = /^sealtrail-services-[a-z]+-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) removeTempDir(join(tmpdir(), name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
