import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import {
  CompactRange,
  type EntryRow,
  leafHash,
  opens,
  SegmentRecords,
  type StoredOpening,
  scanEntry,
  scanOpenings,
  type Target,
} from '@sealtrail/format';
import { openSource, verifyAll, verifyTenant } from '@sealtrail/verifier';
import Database from 'libsql';
import { MongoClient } from 'mongodb';
import { TENANT } from './data.ts';
import { chosenSegments } from './partial.ts';
import type { Task, TaskResult } from './tasks.ts';

// Runs one task in a process of its own, so that its memory is its own and nothing was warmed up by the one before.

/** Entries that are kept in memory to be hashed: more than any cache holds. */
const SAMPLE = 20_000;

/** Entries under one anchor, as the store has it. */
const SEGMENT = 4_096;

const TASKS: Record<Task, (location: string, entries: number) => Promise<TaskResult>> = {
  verify: (location) => verify(location, 1),
  'verify-threads': (location) => verify(location, availableParallelism()),
  'verify-segments': verifySegments,
  scan: async (location) => {
    const start = performance.now();
    const rows = await scan(location);
    return result(rows, performance.now() - start);
  },
  hash: (location, entries) => hashOnly(location, entries, { values: false, trees: false }),
  'hash-all': (location, entries) => hashOnly(location, entries, { values: true, trees: false }),
  'hash-trees': (location, entries) => hashOnly(location, entries, { values: false, trees: true }),
  'hash-all-trees': (location, entries) => hashOnly(location, entries, { values: true, trees: true }),
};

async function verify(location: string, threads: number): Promise<TaskResult> {
  const source = await openSource(location);
  const start = performance.now();
  const report = await verifyAll(source, { threads });
  const ms = performance.now() - start;
  await source.close();
  if (report.status !== 'valid') throw new Error(`the log is not valid: ${report.summary}`);
  return result(report.walked, ms);
}

/** The chain of anchors, and the entries of a few segments of it. */
async function verifySegments(location: string, entries: number): Promise<TaskResult> {
  const source = await openSource(location);
  const start = performance.now();
  const report = await verifyTenant(source, TENANT, { segments: chosenSegments(entries) });
  const ms = performance.now() - start;
  await source.close();
  if (report.status !== 'valid') throw new Error(`the segments are not valid: ${report.summary}`);
  return result(report.walked, ms);
}

/** Reads everything that a verification reads, in the same order and batches, and does nothing with it. */
async function scan(location: string): Promise<number> {
  let rows = 0;
  if (location.startsWith('mongodb')) {
    const client = await new MongoClient(location).connect();
    const cursor = client
      .db(new URL(location).pathname.slice(1))
      .collection('entries', { readConcern: { level: 'majority' } })
      .find({ tenant: TENANT })
      .sort({ seq: 1 })
      .batchSize(1_000);
    while (await cursor.hasNext()) rows += cursor.readBufferedDocuments().length;
    await client.close();
  } else if (location.endsWith('.jsonl')) {
    for await (const chunk of createReadStream(location, { encoding: 'utf8', highWaterMark: 1 << 17 })) {
      rows += (chunk as string).split('\n').length - 1;
    }
  } else {
    const db = new Database(location, { readonly: true });
    for (const _ of db.prepare('SELECT * FROM entries WHERE tenant = ? ORDER BY seq').iterate(TENANT)) rows++;
    db.close();
  }
  return rows;
}

/**
 * Hashes as many texts as the log has entries, from memory: what no verification can be faster than in one thread. With the trees over
 * them, it is all that a verification hashes.
 */
async function hashOnly(
  location: string,
  entries: number,
  { values, trees }: { readonly values: boolean; readonly trees: boolean },
): Promise<TaskResult> {
  const sample: { text: string; openings: StoredOpening[]; targets: readonly Target[] }[] = [];
  const source = await openSource(location);
  for await (const batch of (await source.log(TENANT)).walk({ from: 0, to: Math.min(entries, SAMPLE) - 1 })) {
    for (const { entry, openings } of batch.entries as unknown as EntryRow[]) {
      sample.push({
        text: entry,
        openings: values ? scanOpenings(openings) : [],
        targets: scanEntry(entry).targets,
      });
    }
  }
  await source.close();
  const start = performance.now();
  let tree = new CompactRange();
  let records = new SegmentRecords(TENANT);
  for (let i = 0; i < entries; i++) {
    const { text, openings, targets } = sample[i % sample.length] as (typeof sample)[number];
    const hash = leafHash(text);
    for (const opening of openings) opens(opening, '');
    if (!trees) continue;
    tree.append(hash);
    records.add(targets, { seq: i, hash });
    if ((i + 1) % SEGMENT !== 0 && i + 1 !== entries) continue;
    tree.root();
    records.summary();
    tree = new CompactRange();
    records = new SegmentRecords(TENANT);
  }
  return result(entries, performance.now() - start);
}

function result(entries: number, ms: number): TaskResult {
  return { perSecond: (entries * 1_000) / ms, ms, peakMb: process.resourceUsage().maxRSS / 1_024 };
}

const [task, location, entries] = process.argv.slice(2) as [Task, string, string];
console.log(JSON.stringify(await TASKS[task](location, Number(entries))));
