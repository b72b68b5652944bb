import { along, type Units } from './units.ts';

/** How an installation is used and set up. Times in seconds. */
export interface Fleet {
  readonly tenants: number;
  /** Tenants that append something between two ticks, as a share of all. */
  readonly active: number;
  readonly entriesPerSecond: number;
  readonly tickSeconds: number;
  readonly maxDelaySeconds: number;
  readonly sealSeconds: number;
}

export interface FleetCost {
  /** What one look at all heads takes, with the jobs that it adds. */
  readonly tickSeconds: number;
  readonly jobsPerSecond: number;
  readonly anchorsPerSecond: number;
  /** Time of workers that jobs need in each second: that many workers with a concurrency of 1 are busy all the time. */
  readonly busyWorkers: number;
  /** Jobs in Redis when all of a tick's are waiting. */
  readonly redisBytes: number;
  readonly sealSeconds: number;
  /** Rows that one seal adds to the changes of the directory, and their bytes a day. */
  readonly changesPerSeal: number;
  readonly changeBytesPerDay: number;
  readonly sealerBytes: number;
  /** What a sealer that starts reads after a year of this. */
  readonly loadSecondsAfterAYear: number;
}

const DAY = 86_400;

export function fleetCost({ mongodb, redis, bytes }: Units, fleet: Fleet): FleetCost {
  const { tenants, active, tickSeconds, maxDelaySeconds, sealSeconds } = fleet;
  const busy = tenants * active;
  // A tenant that has something unanchored gets a job at each tick until its oldest entry is old enough to be anchored.
  const ticksUntilDue = Math.max(1, Math.ceil(maxDelaySeconds / tickSeconds));
  const anchorsPerSecond = busy / (ticksUntilDue * tickSeconds);
  const jobsPerSecond = busy / tickSeconds;
  const idleJobs = jobsPerSecond - anchorsPerSecond;
  const perAnchor = fleet.entriesPerSecond / anchorsPerSecond;
  const workMs =
    anchorsPerSecond * along(mongodb.anchor, perAnchor) +
    idleJobs * mongodb.nothingDueMs +
    jobsPerSecond * redis.jobMs;
  const changesPerSeal = Math.min(busy, anchorsPerSecond * sealSeconds);
  return {
    tickSeconds: (along(mongodb.tick, tenants) + busy * redis.addJobMs) / 1_000,
    jobsPerSecond,
    anchorsPerSecond,
    busyWorkers: workMs / 1_000,
    redisBytes: busy * redis.jobBytes,
    sealSeconds: (along(mongodb.sealIdle, tenants) + changesPerSeal * mongodb.sealChangedMs) / 1_000,
    changesPerSeal,
    changeBytesPerDay: (DAY / sealSeconds) * changesPerSeal * bytes.changeDocument,
    sealerBytes: tenants * bytes.directoryLine,
    loadSecondsAfterAYear:
      along(mongodb.directoryLoad, tenants + (365 * DAY * changesPerSeal) / sealSeconds) / 1_000,
  };
}
