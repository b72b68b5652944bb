import { homedir } from 'node:os';
import { join } from 'node:path';

export interface CachePaths {
  /** A Debian root with the engine installed. */
  root: string;
  /** The same while it is being built. */
  partialRoot: string;
  /** PostgreSQL data directories with the extension created, copied for each run. */
  templates: string;
  lock: string;
  directory: string;
}

/** Where the engine is kept between runs: `SEALTRAIL_CACHE`, or a place of its own in the user's cache. */
export function cachePaths(): CachePaths {
  const env = process.env;
  const directory =
    env['SEALTRAIL_CACHE'] ??
    join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sealtrail', 'documentdb');
  return {
    directory,
    root: join(directory, 'root'),
    partialRoot: join(directory, 'root.partial'),
    templates: join(directory, 'templates'),
    lock: join(directory, 'lock'),
  };
}

/** Where a run's directory appears inside the Debian root. */
export const INNER_RUN_DIRECTORY = '/srv/sealtrail';
