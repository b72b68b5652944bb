import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { ServicesUnavailable, startServices } from '../dist/index.js';
import { kind } from './support/mongodb.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The processes that descend from one, found by their parents: only on Linux. */
function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // ended meanwhile
    }
  }
  const found: number[] = [];
  for (const queue = [root]; queue.length > 0; ) {
    const next = children.get(queue.pop()!) ?? [];
    found.push(...next);
    queue.push(...next);
  }
  return found;
}

function alive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^ [ZX]/.test(stat.slice(stat.lastIndexOf(')') + 1));
  } catch {
    return false;
  }
}

async function up(): Promise<{ child: ChildProcess; urls: Record<string, string> }> {
  const { MONGODB_URL: _m, REDIS_URL: _r, ...env } = process.env;
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const urls: Record<string, string> = {};
  for await (const line of createInterface({ input: child.stdout! })) {
    const [name = '', url = ''] = line.split(/=(.*)/);
    urls[name] = url;
    if (Object.keys(urls).length === 2) break;
  }
  return { child, urls };
}

async function answers(urls: Record<string, string>): Promise<boolean> {
  const mongodb = new MongoClient(urls['MONGODB_URL']!, { serverSelectionTimeoutMS: 1000 });
  const redis = new Redis(urls['REDIS_URL']!, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await mongodb.db('a').collection('b').insertOne({});
    await redis.set('a', 'b');
    return true;
  } catch {
    return false;
  } finally {
    await mongodb.close();
    redis.disconnect();
  }
}

describe.skipIf(process.platform !== 'linux' || kind === undefined || kind === 'MONGODB_URL')(
  'sealtrail-services',
  () => {
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
      test(`leaves no process behind after ${signal}`, async () => {
        const { child, urls } = await up();
        expect(await answers(urls)).toBe(true);
        const started = descendants(child.pid!);
        expect(started.length).toBeGreaterThan(2);
        child.kill(signal);
        for (let waited = 0; started.some(alive) && waited < 60_000; waited += 50) await sleep(50);
        expect(started.filter(alive)).toEqual([]);
        expect(await answers(urls)).toBe(false);
      });
    }
  },
);

test('says why each way failed', async () => {
  const saved = { ...process.env };
  process.env['MONGODB_URL'] = 'mongodb://127.0.0.1:1';
  process.env['REDIS_URL'] = 'redis://127.0.0.1:1';
  try {
    for (const options of [{ redis: false }, { mongodb: false }]) {
      const error = await startServices(options).catch((reason) => reason);
      expect(error).toBeInstanceOf(ServicesUnavailable);
      expect(error.reasons).toHaveLength(1);
      expect(error.reasons[0]).toMatch(/^(MONGODB|REDIS)_URL: .*ECONNREFUSED/);
    }
  } finally {
    for (const name of ['MONGODB_URL', 'REDIS_URL']) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  }
});
