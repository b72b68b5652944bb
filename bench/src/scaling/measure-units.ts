import { SEALS_TENANT } from '@sealtrail/format';
import { anchorTenant, sealTenants } from '@sealtrail/store';
import { Redis } from 'ioredis';
import { BSON, type Document, MongoClient } from 'mongodb';
import type { Bed } from '../beds/bed.ts';
import { fill, rowSizes, TENANT } from '../data.ts';
import { describeEnvironment } from '../environment.ts';
import { measureAnchoring, measureRedis } from './measure-jobs.ts';
import { commitMs, entrySamples, type LogSample, recordsOf, sampleLogs } from './measure-logs.ts';
import { directoryLineBytes, sampleTenants, type TenantSample } from './measure-tenants.ts';
import { type Line, lineThrough, type Units } from './units.ts';
import { medianMs, type World } from './world.ts';

/** What was measured at each size; the model is checked by predicting the last from those before. */
export interface Series {
  readonly sqlite: readonly LogSample[];
  readonly mongodb: readonly LogSample[];
  readonly tenants: readonly TenantSample[];
}

/** Segments of the usual size, the largest, and one between. */
export const SEGMENTS = [4_096, 16_384, 65_536];
const BATCHES = [
  [1, 300],
  [64, 6_400],
] as const;

export async function measureUnits(world: World): Promise<{ units: Units; series: Series }> {
  const { sqlite, mongodb, check, say } = world;
  const environment = describeEnvironment();
  const logSizes = [1_000, 10_000, 30_000, ...(check ? [100_000] : [])];
  const tenantSizes = [10, 100, 1_000, ...(check ? [10_000] : [])];
  say('sizes of rows, documents and proofs');
  const { rows, archiveEntry } = await entrySamples(sqlite);
  const documents = await documentBytes(world);
  say('redis');
  const redis = await measureRedis(world);
  say('mongodb: round trips and commits');
  const roundTripMs = await pingMs(world.mongodbUrl);
  const [one, many] = [await commitOf(mongodb, 0), await commitOf(mongodb, 1)];
  const anchoring = await measureAnchoring(world);
  const series: Series = {
    sqlite: await sampleLogs(sqlite, logSizes, say),
    mongodb: await sampleLogs(mongodb, logSizes, say),
    tenants: await sampleTenants(mongodb, tenantSizes, say),
  };
  const { entry, openings } = rowSizes(rows);
  const largest = series.sqlite.at(-1) as LogSample;
  const units: Units = {
    environment,
    engines: { sqlite: sqlite.engine, mongodb: mongodb.engine, redis: await redisVersion(world) },
    bytes: {
      entry,
      openings,
      ...documents.bytes,
      sqliteEntry: Math.round(largest.fileBytes / largest.entries),
      archiveEntry: Math.round(archiveEntry),
      directoryLine: directoryLineBytes(),
      id: Math.round(rows.reduce((sum, { id }) => sum + id.length, 0) / rows.length),
      tenant: TENANT.length,
    },
    samples: { entry: middle(rows.map((row) => row.entry)), seal: documents.seal },
    recordsOf: Object.fromEntries(SEGMENTS.map((size) => [size, recordsOf(size)])),
    mongodb: {
      roundTripMs,
      commit: lineThrough([BATCHES[0][0], one], [BATCHES[1][0], many]),
      verify: verifyLine(series.mongodb),
      ...anchoring,
      ...tenantLines(series.tenants),
    },
    sqlite: { verify: verifyLine(series.sqlite) },
    redis,
  };
  return { units, series };
}

function commitOf(bed: Bed, which: 0 | 1): Promise<number> {
  const [atOnce, entries] = BATCHES[which];
  return commitMs(bed, atOnce, entries);
}

/** The line through the two largest sizes: what starting up costs weighs least there. */
export function verifyLine(samples: readonly LogSample[]): Line {
  const [few, many] = samples.slice(-2) as [LogSample, LogSample];
  return lineThrough([few.entries, few.verifyMs], [many.entries, many.verifyMs]);
}

export function tenantLines(
  samples: readonly TenantSample[],
): Pick<Units['mongodb'], 'tick' | 'sealIdle' | 'sealChangedMs' | 'directoryLoad'> {
  const [few, many] = samples.slice(-2) as [TenantSample, TenantSample];
  const line = (of: (sample: TenantSample) => number): Line =>
    lineThrough([few.tenants, of(few)], [many.tenants, of(many)]);
  const sealIdle = line(({ sealOneMs }) => sealOneMs);
  return {
    tick: line(({ tickMs }) => tickMs),
    sealIdle,
    sealChangedMs: Math.max(0, (many.sealAllMs - many.sealOneMs) / (many.tenants - 1)),
    directoryLoad: line(({ loadMs }) => loadMs),
  };
}

/** What documents weigh as BSON: the same whatever engine stores them. */
async function documentBytes({ mongodb, mongodbUrl }: World): Promise<{
  readonly bytes: Pick<
    Units['bytes'],
    'entryDocument' | 'anchorDocument' | 'headDocument' | 'registryDocument' | 'changeDocument'
  >;
  readonly seal: string;
}> {
  const { store, location, drop } = await mongodb.fresh();
  await fill(store, 600);
  await anchorTenant(store, TENANT, { maxSegment: 50 });
  const { seal } = await sealTenants(store);
  const client = await new MongoClient(mongodbUrl).connect();
  const db = client.db(new URL(location).pathname.slice(1));
  const mean = async (name: string, filter: Document): Promise<number> => {
    const found = await db.collection(name).find(filter).toArray();
    const bytes = found.reduce((sum, document) => sum + BSON.calculateObjectSize(document), 0);
    return Math.round(bytes / found.length);
  };
  const bytes = {
    entryDocument: await mean('entries', { tenant: TENANT }),
    anchorDocument: await mean('anchors', { tenant: TENANT }),
    headDocument: await mean('heads', { _id: { $ne: SEALS_TENANT as never } }),
    registryDocument: await mean('tenants', {}),
    changeDocument: await mean('directory_changes', {}),
  };
  await client.close();
  await drop();
  return { bytes, seal: seal?.text ?? '' };
}

async function pingMs(url: string): Promise<number> {
  const client = await new MongoClient(url).connect();
  const ms = await medianMs(50, () => client.db('admin').command({ ping: 1 }));
  await client.close();
  return ms;
}

async function redisVersion({ redisUrl }: World): Promise<string> {
  const client = new Redis(redisUrl);
  const info = await client.info('server');
  client.disconnect();
  return `Redis ${/redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown'}`;
}

/** The text of middle length. */
function middle(texts: readonly string[]): string {
  return texts.toSorted((a, b) => a.length - b.length)[Math.floor(texts.length / 2)] as string;
}
