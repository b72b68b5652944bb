import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { freePort, startChild, which } from '../process.ts';
import { makeTempDir, removeTempDir } from '../temp.ts';
import type { CrashOptions, Found, Way } from '../ways.ts';

const START_MS = 30_000;
const SET = 'sealtrail';

export const mongodOnPath: Way = {
  name: 'mongod on PATH',
  async start(skip) {
    const program = which('mongod');
    return program ? startMongod(program, 'mongod') : skip('not installed');
  },
};

/** Starts a replica set of one member with a data directory of its own. */
export async function startMongod(program: string, kind: string): Promise<Found> {
  const directory = makeTempDir('mongod');
  const port = await freePort();
  const options = { dbpath: directory, port: String(port), bind_ip: '127.0.0.1', replSet: SET };
  const start = () =>
    startChild(
      program,
      Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    );
  let child = start();
  const stop = async (): Promise<void> => {
    await child.stop('SIGINT');
    removeTempDir(directory);
  };
  try {
    await Promise.race([initiate(port), child.ended()]);
  } catch (error) {
    await stop();
    throw error;
  }
  const crash = async ({ awayMs = 0 }: CrashOptions = {}): Promise<void> => {
    await child.stop('SIGKILL');
    await sleep(awayMs);
    child = start();
    await Promise.race([elected(port), child.ended()]);
  };
  return { url: `mongodb://127.0.0.1:${port}/?replicaSet=${SET}`, kind, stop, crash };
}

/** Transactions need a replica set: this makes one of a single member and waits until it is the primary. */
async function initiate(port: number): Promise<void> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: START_MS,
  });
  try {
    const admin = client.db('admin');
    const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
    await admin.command({ replSetInitiate: { _id: SET, members } });
  } finally {
    await client.close();
  }
  await elected(port);
}

async function elected(port: number): Promise<void> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: START_MS,
  });
  try {
    const admin = client.db('admin');
    const deadline = Date.now() + START_MS;
    while ((await admin.command({ hello: 1 }))['isWritablePrimary'] !== true) {
      if (Date.now() > deadline) throw new Error('mongod did not become the primary in time');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    await client.close();
  }
}
