import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EntryDraft, Log, openStore } from '@sealtrail/store';
import { type LogSource, openSource } from '@sealtrail/verifier';
import { type EntriesExport, type ExportEntriesOptions, exportEntries } from '@sealtrail/views/export';
import { expect } from 'vitest';
import { newSqlitePlace, type Place } from '../../support/places.ts';
import { expectIntact } from '../../support/verified.ts';
import { FOREIGN, SAMPLES } from './samples.ts';

/** Every sample, in a fixed order. */
export const ALL_DRAFTS: readonly EntryDraft[] = uniqueIds([...Object.values(SAMPLES), ...FOREIGN]);

/** Samples are about few proposals, and a log takes each id once. */
function uniqueIds(drafts: readonly EntryDraft[]): EntryDraft[] {
  return drafts.map((draft, i) => ({ ...draft, id: `${i}~${draft.id}` }));
}

/** A SQLite store with these entries in the log of `acme`. */
export async function storeWith(drafts: readonly EntryDraft[] = ALL_DRAFTS): Promise<Place> {
  const place = await newSqlitePlace();
  await append(place.location, drafts);
  return place;
}

/** Every sample, stored, exported and verified; for a hook, so that a file's tests can share it. */
export async function exportSamples(options: Options): Promise<Exported> {
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-exports-'));
  try {
    const location = join(folder, 'log.db');
    await append(location, ALL_DRAFTS);
    return await exportAt(location, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function append(location: string, drafts: readonly EntryDraft[]): Promise<void> {
  const store = await openStore(location);
  const log = new Log(store);
  try {
    await log.appendAll('acme', drafts);
  } finally {
    await log.close();
    await store.close();
  }
}

export interface Exported {
  readonly text: string;
  readonly result: EntriesExport;
}

export type Options = Omit<ExportEntriesOptions, 'tenant'> & { readonly tenant?: string };

/** Exports from an open source, as one text. */
export async function exportFrom(source: LogSource, options: Options): Promise<Exported> {
  let text = '';
  const write = (chunk: string) => {
    text += chunk;
  };
  const result = await exportEntries(source, write, { tenant: 'acme', ...options });
  return { text, result };
}

/** Exports from a location; the log there is valid afterwards, and has the entries it had. */
export async function exportAt(
  location: string,
  options: Options,
  entries = ALL_DRAFTS.length,
): Promise<Exported> {
  const source = await openSource(location, { known: true });
  try {
    return await exportFrom(source, options);
  } finally {
    await source.close();
    await expectIntact(location, { acme: entries });
  }
}

/** The lines of a JSON format: each ends with a line feed. */
export function jsonLines<T>(text: string): T[] {
  const lines = text.split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as T);
}
