import { appendsPerSecond } from './log-costs.ts';
import type { LogSample } from './measure-logs.ts';
import { commitMs } from './measure-logs.ts';
import type { TenantSample } from './measure-tenants.ts';
import { type Series, tenantLines, verifyLine } from './measure-units.ts';
import { along, type Check, type Units } from './units.ts';
import type { World } from './world.ts';

/** The largest size of each series, predicted from the sizes before it. */
export function checkSeries({ sqlite, mongodb, tenants }: Series): Check[] {
  return [
    ...checkLogs('SQLite', sqlite),
    ...checkLogs('MongoDB', mongodb),
    ...tenants.slice(2).flatMap((_, i) => checkTenants(tenants.slice(0, i + 3))),
  ];
}

function checkLogs(store: string, samples: readonly LogSample[]): Check[] {
  const before = samples.slice(0, -1);
  const last = samples.at(-1) as LogSample;
  const from = before
    .slice(-2)
    .map(({ entries }) => n(entries))
    .join(' and ');
  const what = (of: string): string => `${store}, ${n(last.entries)} entries: ${of}`;
  const checks: Check[] = [
    {
      what: what('verified'),
      from,
      unit: 'ms',
      predicted: along(verifyLine(before), last.entries),
      measured: last.verifyMs,
    },
  ];
  const largest = before.at(-1) as LogSample;
  if (last.fileBytes > 0) {
    checks.push({
      what: what('the file'),
      from: n(largest.entries),
      unit: 'bytes',
      predicted: (largest.fileBytes / largest.entries) * last.entries,
      measured: last.fileBytes,
    });
  }
  return checks;
}

function checkTenants(samples: readonly TenantSample[]): Check[] {
  const before = samples.slice(0, -1);
  const last = samples.at(-1) as TenantSample;
  const lines = tenantLines(before);
  const from = before
    .slice(-2)
    .map(({ tenants }) => n(tenants))
    .join(' and ');
  const check = (of: string, predicted: number, measured: number): Check => ({
    what: `${n(last.tenants)} tenants: ${of}`,
    from,
    unit: 'ms',
    predicted,
    measured,
  });
  const idle = along(lines.sealIdle, last.tenants);
  return [
    check('a tick that finds nothing', along(lines.tick, last.tenants), last.tickMs),
    check('a seal, one changed', idle, last.sealOneMs),
    check('a seal, all changed', idle + lines.sealChangedMs * (last.tenants - 1), last.sealAllMs),
    check('the directory is read', along(lines.directoryLoad, last.tenants), last.loadMs),
  ];
}

/** Callers between those that the line of a commit was drawn through. */
export async function checkAppends({ mongodb, say }: World, units: Units): Promise<Check[]> {
  const checks: Check[] = [];
  for (const atOnce of [8, 512]) {
    say(`mongodb: appends of ${atOnce} callers`);
    checks.push({
      what: `MongoDB, one log, ${atOnce} callers`,
      from: '1 and 64 callers',
      unit: 'entries/s',
      predicted: appendsPerSecond(units.mongodb.commit, atOnce),
      measured: (atOnce * 1_000) / (await commitMs(mongodb, atOnce, Math.max(1_000, atOnce * 10))),
    });
  }
  return checks;
}

function n(value: number): string {
  return value.toLocaleString('en-US');
}
