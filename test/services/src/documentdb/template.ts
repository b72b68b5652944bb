import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { cachePaths, INNER_RUN_DIRECTORY } from './paths.ts';
import { postgresBin, removeTree } from './root.ts';
import { runSandboxed } from './sandbox.ts';

const BUILD_MS = 120_000;

/**
 * Reachable only by its socket. fsync and full pages stay on: what the tests learn about crashes and speed should
 * hold for a real deployment. Deadlocks are found quickly because the gateway repeats the statement. Only the
 * extended index handler returns documents in the order of an index, and the planner needs fresh statistics to
 * choose that: without them every sorted read of a collection just filled sorts the whole of it.
 */
const SETTINGS = `
listen_addresses = ''
unix_socket_directories = '${INNER_RUN_DIRECTORY}'
shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb,pg_documentdb_extended_rum'
max_connections = 200
shared_buffers = 256MB
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 30min
max_logical_replication_workers = 0
deadlock_timeout = 10ms
jit = off
autovacuum_naptime = 2s
autovacuum_analyze_threshold = 100
cron.database_name = 'postgres'
cron.use_background_workers = on
cron.log_run = off
documentdb.localhost_connection_string = 'host=${INNER_RUN_DIRECTORY}'
documentdb.useFileBasedPersistedCursors = on
documentdb.defaultCursorExpiryTimeLimitSeconds = 660
documentdb.maxCursorFileCount = 0
documentdb.throwDeadlockOnCRUD = on
documentdb.alternate_index_handler_name = 'extended_rum'
`;

/** What every script that runs PostgreSQL begins with: $1 the root, $2 the run directory, $3 the programs. */
export const ENTER = `
  root=$1 bin=$3
  mount -t proc proc "$root/proc"
  mount -t tmpfs tmpfs "$root/dev/shm"
  mount --bind "$2" "$root${INNER_RUN_DIRECTORY}"
  cd "$root${INNER_RUN_DIRECTORY}"
  chroot "$root" chown postgres: ${INNER_RUN_DIRECTORY}
  as_postgres() { chroot "$root" setpriv --reuid postgres --regid postgres --clear-groups --pdeathsig KILL "$@"; }
`;

/** Index builds run at once and not by schedule, so the engine's polling for them is taken out. */
const BUILD = `${ENTER}
  data=${INNER_RUN_DIRECTORY}/data
  as_postgres "$bin/initdb" -D "$data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync
  printf '%s\\n' "$4" >> data/postgresql.conf
  as_postgres "$bin/pg_ctl" -D "$data" -w -l ${INNER_RUN_DIRECTORY}/log start || { tail -n 4 log >&2; exit 1; }
  as_postgres "$bin/psql" -X -q -v ON_ERROR_STOP=1 -h ${INNER_RUN_DIRECTORY} -d postgres \
    -c 'CREATE EXTENSION documentdb CASCADE' -c 'CREATE EXTENSION documentdb_extended_rum' \
    -c "SELECT cron.unschedule(jobid) FROM cron.job WHERE jobname LIKE 'documentdb_index_build%'"
  as_postgres "$bin/pg_ctl" -D "$data" -w -m fast stop
  sync -f data
`;

/** The data directory that runs copy, made if it is not there. Must hold the lock. */
export async function templateData(): Promise<string> {
  const { root, templates } = cachePaths();
  // Named after all that went into it, so that a change of the settings makes a new one.
  const version = createHash('sha256').update(SETTINGS).update(BUILD).digest('hex').slice(0, 12);
  const template = join(templates, version);
  if (existsSync(template)) return join(template, 'data');
  await removeTree(templates);
  const partial = `${template}.partial`;
  mkdirSync(partial, { recursive: true });
  await runSandboxed(BUILD, [root, partial, postgresBin(root), SETTINGS], BUILD_MS);
  renameSync(partial, template);
  return join(template, 'data');
}
