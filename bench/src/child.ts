import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type EntryRow, leafHash, opens, type StoredOpening, scanOpenings } from '@sealtrail/format';
import { openSource, verifyAll, verifyTenant } from '@sealtrail/verifier';
import Database from 'libsql';
import { MongoClient } from 'mongodb';
import { TENANT } from './data.ts';
import { chosenSegments } from './partial.ts';
import type { Task, TaskResult } from './tasks.ts';

// Runs one task in a process of its own, so that its memory is its own and nothing was warmed up by the one before.

/** Entries that are kept in memory to be hashed: more than any cache holds. */
const SAMPLE = 20_000;

const TASKS: Record<Task, (location: string, entries: number) => Promise<TaskResult>> = {
  verify: (location) => verify(location, 1),
  'verify-threads': (location) => verify(location, availableParallelism()),
  'verify-segments': verifySegments,
  scan: async (location) => {
    const start = performance.now();
    const rows = await scan(location);
    return result(rows, performance.now() - start);
  },
  hash: (location, entries) => hashOnly(location, entries, false),
  'hash-all': (location, entries) => hashOnly(location, entries, true),
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

/** Hashes as many texts as the log has entries, from memory: what no verification can be faster than in one thread. */
async function hashOnly(location: string, entries: number, values: boolean): Promise<TaskResult> {
  const texts: string[] = [];
  const openings: StoredOpening[][] = [];
  const source = await openSource(location);
  for await (const batch of (await source.log(TENANT)).walk({ from: 0, to: Math.min(entries, SAMPLE) - 1 })) {
    for (const row of batch.entries as unknown as EntryRow[]) {
      texts.push(row.entry);
      openings.push(values ? scanOpenings(row.openings) : []);
    }
  }
  await source.close();
  const start = performance.now();
  for (let i = 0; i < entries; i++) {
    leafHash(texts[i % texts.length] as string);
    for (const opening of openings[i % texts.length] as StoredOpening[]) opens(opening, '');
  }
  return result(entries, performance.now() - start);
}

function result(entries: number, ms: number): TaskResult {
  return { perSecond: (entries * 1_000) / ms, ms, peakMb: process.resourceUsage().maxRSS / 1_024 };
}

const [task, location, entries] = process.argv.slice(2) as [Task, string, string];
console.log(JSON.stringify(await TASKS[task](location, Number(entries))));
