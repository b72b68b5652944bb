import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { anchorTenant, exportBundle, Log, openStore } from '@sealtrail/store';
import { openSource, type TenantReport, verifyTenant } from '@sealtrail/verifier';
import { crmDay } from './day.ts';
import { tamper } from './tamper.ts';

const TENANT = 'acme';

/** What the demo did, step by step. */
export interface Played {
  readonly store: string;
  readonly bundle: string;
  readonly appended: number;
  readonly types: Readonly<Record<string, number>>;
  readonly anchoredTo: number | null;
  /** The verdict before, the one on the exported bundle, and the one after a row was changed. */
  readonly before: TenantReport;
  readonly exported: TenantReport;
  readonly tamperedAt: number;
  readonly after: TenantReport;
  /** Valid before and in the bundle, and broken afterwards, at the very row. */
  readonly asExpected: boolean;
}

/** Plays the day into a new store in a directory. */
export async function play(directory: string): Promise<Played> {
  const location = join(directory, 'audit.db');
  const bundle = join(directory, 'acme.jsonl');
  const types: Record<string, number> = {};
  let appended = 0;
  const store = await openStore(location);
  const log = new Log(store);
  let anchoredTo: number | null;
  try {
    for (const group of crmDay()) {
      await log.appendAll(TENANT, group);
      for (const { type } of group) types[type] = (types[type] ?? 0) + 1;
      appended += group.length;
    }
    anchoredTo = (await anchorTenant(store, TENANT, { maxSegment: 64 })).through;
  } finally {
    await log.close();
    await store.close();
  }
  const before = await verify(location);
  await exportTo(location, bundle);
  const exported = await verify(bundle);
  const tamperedAt = tamper(location);
  const after = await verify(location);
  const asExpected =
    before.status === 'valid' &&
    exported.status === 'valid' &&
    after.status === 'broken' &&
    after.position === tamperedAt;
  const verdicts = { before, exported, tamperedAt, after, asExpected };
  return { store: location, bundle, appended, types, anchoredTo, ...verdicts };
}

async function verify(location: string): Promise<TenantReport> {
  const source = await openSource(location, { known: true });
  try {
    return await verifyTenant(source, TENANT);
  } finally {
    await source.close();
  }
}

async function exportTo(store: string, bundle: string): Promise<void> {
  const source = await openSource(store, { known: true });
  const chunks: string[] = [];
  try {
    await exportBundle(source, (chunk) => void chunks.push(chunk), { time: new Date().toISOString() });
  } finally {
    await source.close();
  }
  await writeFile(bundle, chunks.join(''));
}
