import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@sealtrail/store';
import { afterAll, beforeAll } from 'vitest';
import { type Evidence, sqliteEvidence, write } from './tamper/evidence.ts';
import { tamperTable } from './tamper/table.ts';

let folder = '';
let original: { location: string; last: Evidence['last'] };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealtrail-tamper-'));
  const location = join(folder, 'original.db');
  const store = await openStore(location);
  original = { location, last: await write(store) };
  await store.close();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

tamperTable(
  'sqlite',
  sqliteEvidence(() => original),
);
