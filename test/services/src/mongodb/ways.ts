import { documentdb } from '../documentdb/start.ts';
import { mongodbReady } from '../ready.ts';
import type { Way } from '../ways.ts';
import { memoryServer } from './memory-server.ts';
import { mongodOnPath } from './mongod.ts';

const fromEnvironment: Way = {
  name: 'MONGODB_URL',
  decisive: true,
  async start(skip) {
    const url = process.env['MONGODB_URL'];
    if (!url) return skip('not set');
    await mongodbReady(url, 5000);
    return { url, kind: 'MONGODB_URL', stop: async () => {} };
  },
};

export const MONGODB_WAYS: readonly Way[] = [fromEnvironment, mongodOnPath, memoryServer, documentdb];
