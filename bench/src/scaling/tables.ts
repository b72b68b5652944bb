import { type Fleet, fleetCost } from './fleet-costs.ts';
import { duration, exact, size, about as some, table } from './format.ts';
import { appendsPerSecond, logCost } from './log-costs.ts';
import { proofRows } from './proof-rows.ts';
import { shuffled, simulate, zipf } from './simulate.ts';
import { along, type Check, type UnitFile, type Units } from './units.ts';

/** The tables of docs/scaling.md, by the name between its markers. */
export const TABLES: Readonly<Record<string, (file: UnitFile) => string>> = {
  units: ({ units }) => unitsTable(units),
  log: ({ units }) => logTable(units),
  chunks: ({ units }) => chunksTable(units),
  proofs: ({ units }) => proofsTable(units),
  append: ({ units }) => appendTable(units),
  fleet: ({ units }) => fleetTable(units),
  queue: ({ units }) => queueTable(units),
  checks: ({ checks }) => checksTable(checks),
};

const M = 1_000_000;
const SEGMENT = 4_096;

function unitsTable(units: Units): string {
  const { environment, engines, bytes, mongodb, sqlite, redis } = units;
  const ms = (value: number): string => `${some(value)} ms`;
  const us = (value: number): string => `${some(value * 1_000)} µs`;
  const rows = [
    [
      'an entry: its text, its sealed values, its document',
      `${[bytes.entry, bytes.openings, bytes.entryDocument].join(', ')} bytes`,
    ],
    [
      'an anchor, a head, a line in the registry, as documents',
      `${[bytes.anchorDocument, bytes.headDocument, bytes.registryDocument].join(', ')} bytes`,
    ],
    ['one change of the directory, as a document', `${bytes.changeDocument} bytes`],
    ['an entry in a SQLite file, indexes included', `${bytes.sqliteEntry} bytes`],
    ['an entry in an archive, without values, compressed', `${bytes.archiveEntry} bytes`],
    ['a tenant in the memory of a sealer', `${bytes.directoryLine} bytes`],
    ['a round trip to MongoDB, to Redis', `${some(mongodb.roundTripMs)}, ${some(redis.roundTripMs)} ms`],
    ['a commit, and each entry in it', `${ms(mongodb.commit.fixedMs)} + ${us(mongodb.commit.perItemMs)}`],
    [
      'verifying an entry from MongoDB, from SQLite',
      `${us(mongodb.verify.perItemMs)}, ${us(sqlite.verify.perItemMs)}`,
    ],
    [
      'an anchor job, and each entry in it',
      `${ms(mongodb.anchor.fixedMs)} + ${us(mongodb.anchor.perItemMs)}`,
    ],
    ['an anchor job that finds nothing due', ms(mongodb.nothingDueMs)],
    ['a tick, for each tenant that there is', us(mongodb.tick.perItemMs)],
    [
      'a seal, for each tenant; more for each that changed',
      `${us(mongodb.sealIdle.perItemMs)}; ${us(mongodb.sealChangedMs)}`,
    ],
    ['a new sealer, for each stored change', us(mongodb.directoryLoad.perItemMs)],
    ['a job in the queue: added, worked off besides its work', `${us(redis.addJobMs)}, ${us(redis.jobMs)}`],
    ['a waiting job in Redis', `${redis.jobBytes} bytes`],
  ];
  const where = `Measured ${environment.date.slice(0, 10)} on ${environment.machine}, load ${environment.loadBefore} before; ${engines.mongodb}; ${engines.sqlite}; ${engines.redis}; Node ${environment.node}.`;
  return `${where}\n\n${table(['unit', 'cost'], rows)}`;
}

function logTable(units: Units): string {
  const rows = [M, 10 * M, 100 * M, 1_000 * M].map((entries) => {
    const cost = logCost(units, entries, SEGMENT);
    return [
      exact(entries),
      size(cost.documentBytes),
      size(cost.indexBytes),
      exact(cost.anchors),
      size(cost.anchorBytes),
      size(cost.sqliteBytes),
      size(cost.archiveBytes),
      duration(cost.anchorSeconds),
      duration(cost.verifySeconds(1)),
      duration(cost.verifySeconds(16)),
    ];
  });
  const head = [
    'entries',
    'documents',
    'index keys',
    'anchors',
    'their bytes',
    'SQLite',
    'archive',
    'anchored in',
    'verified by 1',
    'by 16',
  ];
  return table(head, rows);
}

/** One tenant is one range of the shard key, however large: from how many entries on it is more than a chunk. */
function chunksTable({ bytes }: Units): string {
  const rows = [128, 512, 1_024].map((mebibytes) => [
    `${exact(mebibytes)} MiB`,
    some((mebibytes * 2 ** 20) / bytes.entryDocument),
  ]);
  return table(['range size', 'entries of one tenant'], rows);
}

function proofsTable(units: Units): string {
  const head = [
    'entries',
    'segment',
    'anchors',
    'entry, first seal',
    'first entry, newest seal',
    'history of 10 entries',
  ];
  const rows = proofRows(units).map((row) => [
    exact(row.entries),
    exact(row.segment),
    exact(row.anchors),
    size(row.entryUnderFirstSeal),
    size(row.firstEntryUnderNewest),
    size(row.history),
  ]);
  return table(head, rows);
}

function appendTable({ mongodb }: Units): string {
  const rows = [0, 1, 10, 80].map((extra) => [
    `${extra} ms`,
    ...[1, 64, 512, 1_000].map((callers) => some(appendsPerSecond(mongodb.commit, callers, extra))),
  ]);
  return table(['further away', '1 caller', '64 callers', '512 callers', '1,000 callers'], rows);
}

type Setting = readonly [name: string, times: Pick<Fleet, 'tickSeconds' | 'maxDelaySeconds' | 'sealSeconds'>];
const SETTINGS: readonly Setting[] = [
  ['defaults', { tickSeconds: 30, maxDelaySeconds: 300, sealSeconds: 60 }],
  ['tick 5 min, seal 15 min', { tickSeconds: 300, maxDelaySeconds: 300, sealSeconds: 900 }],
  ['tick 1 h, delay 1 h, seal 1 h', { tickSeconds: 3_600, maxDelaySeconds: 3_600, sealSeconds: 3_600 }],
];
const ACTIVE = 0.1;
const ENTRIES_PER_TENANT_AND_DAY = 1_000;

function fleetTable(units: Units): string {
  const rows = [1_000, 10_000, 100_000, M].flatMap((tenants) =>
    SETTINGS.map(([name, times]) => {
      const entriesPerSecond = (tenants * ENTRIES_PER_TENANT_AND_DAY) / 86_400;
      const cost = fleetCost(units, { tenants, active: ACTIVE, entriesPerSecond, ...times });
      return [
        exact(tenants),
        name,
        duration(cost.tickSeconds),
        some(cost.jobsPerSecond),
        some(cost.busyWorkers),
        size(cost.redisBytes),
        duration(cost.sealSeconds),
        size(cost.changeBytesPerDay),
        size(cost.sealerBytes),
        duration(cost.loadSecondsAfterAYear),
      ];
    }),
  );
  const head = [
    'tenants',
    'settings',
    'a tick',
    'jobs/s',
    'busy workers',
    'Redis',
    'a seal',
    'changes a day',
    'sealer memory',
    'its start after a year',
  ];
  return table(head, rows);
}

const JOBS = 10_000;

function queueTable({ mongodb, redis }: Units): string {
  const sizes = zipf(JOBS, 20 * JOBS);
  const jobs = shuffled(JOBS, 1).map((place) => along(mongodb.anchor, sizes[place] as number) + redis.jobMs);
  const rows = [1, 2, 8, 32, 128].map((workers) => {
    const { makespanMs, waitedMs, utilisation } = simulate(jobs, workers);
    const sorted = waitedMs.toSorted((a, b) => a - b);
    const at = (share: number): string =>
      duration((sorted[Math.floor(share * (JOBS - 1))] as number) / 1_000);
    return [
      exact(workers),
      duration(makespanMs / 1_000),
      at(0.5),
      at(0.99),
      `${Math.round(utilisation * 100)} %`,
    ];
  });
  return table(['workers', 'the last is anchored after', 'median wait', 'p99 wait', 'busy'], rows);
}

/** What the model said, and what was measured then. */
export function checksTable(checks: readonly Check[]): string {
  if (checks.length === 0) return 'Not checked since these costs were measured.';
  const rows = checks.map(({ what, from, unit, predicted, measured }) => {
    const show = unit === 'bytes' ? exact : some;
    const error = Math.round((predicted / measured - 1) * 100);
    const shown = predicted === measured ? 'exact' : `${error > 0 ? '+' : ''}${error} %`;
    return [what, from, unit, show(predicted), show(measured), shown];
  });
  return table(['what', 'predicted from', 'unit', 'predicted', 'measured', 'error'], rows);
}
