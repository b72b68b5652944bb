import { statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { anchorTenant, exportBundle, Log, type Store } from '@sealtrail/store';
import Database from 'libsql';
import type { Bed } from '../beds/bed.ts';
import { draft, fill, storedRows, TENANT } from '../data.ts';
import { callers } from '../measure.ts';
import { runTask } from '../tasks.ts';
import type { World } from './world.ts';
import { median, timed } from './world.ts';

/** One log of one size. */
export interface LogSample {
  readonly entries: number;
  readonly verifyMs: number;
  /** Bytes of the SQLite file; 0 for a server, whose bytes are not this machine's to count. */
  readonly fileBytes: number;
}

/** Verification in a process of its own, as `sealtrail verify` is, for each size; the middle one of three runs. */
export async function sampleLogs(
  bed: Bed,
  sizes: readonly number[],
  say: World['say'],
): Promise<LogSample[]> {
  const samples: LogSample[] = [];
  for (const entries of sizes) {
    say(`${bed.name}: a log of ${entries.toLocaleString('en-US')} entries`);
    const { store, location, drop } = await bed.fresh();
    if (bed.name === 'sqlite') emptyLog(location);
    const empty = fileBytes(location);
    await fill(store, entries - 1);
    await anchorTenant(store, TENANT);
    if (bed.name === 'sqlite') emptyLog(location);
    const runs: number[] = [];
    for (let i = 0; i < 3; i++) runs.push((await runTask('verify', location, entries)).ms);
    const bytes = fileBytes(location) - empty;
    samples.push({ entries, verifyMs: median(runs), fileBytes: bytes });
    await drop();
  }
  return samples;
}

/** What SQLite has not moved into the file yet would be counted twice. */
function emptyLog(location: string): void {
  const db = new Database(location);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

function fileBytes(location: string): number {
  if (location.startsWith('mongodb')) return 0;
  return ['', '-wal'].reduce((sum, suffix) => {
    const { size } = statSync(location + suffix, { throwIfNoEntry: false }) ?? { size: 0 };
    return sum + size;
  }, 0);
}

/** The time of one commit with so many callers that each wait for their entry: one batch of that size. */
export async function commitMs(bed: Bed, atOnce: number, entries: number): Promise<number> {
  const { store, drop } = await bed.fresh();
  const log = new Log(store);
  await callers(atOnce, atOnce, (i) => log.append(TENANT, draft(i)));
  const ms = await timed(() => callers(entries, atOnce, (i) => log.append(TENANT, draft(atOnce + i))));
  await log.close();
  await drop();
  return (ms * atOnce) / entries;
}

/** Bytes of an entry in an archive: a bundle without sealed values, compressed, as pruning writes it. */
export async function archiveBytes(store: Store, entries: number): Promise<number> {
  const chunks: string[] = [];
  const source = store.source();
  const options = { openings: 'withheld', time: new Date().toISOString() } as const;
  await exportBundle(source, async (chunk) => void chunks.push(chunk), options);
  await source.close();
  return gzipSync(chunks.join('')).length / entries;
}

/** Mean bytes of a few thousand entries of the usual mix, and one of them. */
export async function entrySamples(bed: Bed): Promise<{
  readonly rows: Awaited<ReturnType<typeof storedRows>>;
  readonly archiveEntry: number;
}> {
  const entries = 3_000;
  const { store, drop } = await bed.fresh();
  await fill(store, entries);
  await anchorTenant(store, TENANT);
  const rows = await storedRows(store.source(), [TENANT]);
  const archiveEntry = await archiveBytes(store, entries);
  await drop();
  return { rows, archiveEntry };
}

/** Different records that a segment of the usual mix touches. */
export function recordsOf(segment: number): number {
  const seen = new Set<string>();
  for (let i = 0; i < segment; i++) for (const { id } of draft(i).targets ?? []) seen.add(id);
  return seen.size;
}
