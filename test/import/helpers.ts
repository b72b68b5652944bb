import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type ImportOptions, type ImportSummary, importConversations } from '@sealtrail/cli/import';
import { anchorTenant, Log, openStore } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import Database from 'libsql';
import { expect } from 'vitest';

export const sample = (name: string) => fileURLToPath(new URL(`../samples/${name}.jsonl`, import.meta.url));
const TENANT = 'acme';

/** Imports a file into a store, which is made when it is not there. */
export async function importFile(
  path: string,
  storePath: string,
  options: Partial<ImportOptions> = {},
): Promise<ImportSummary> {
  const store = await openStore(storePath);
  const log = new Log(store);
  try {
    const rules = { writes: new Set<string>(), reads: new Set<string>() };
    return await importConversations(log, TENANT, path, { rules, agent: 'recorded', ...options });
  } finally {
    await log.close();
    await store.close();
  }
}

/** Anchors and verifies everything: what an import leaves is always a valid log. */
export async function expectValid(storePath: string, entries: number): Promise<void> {
  const store = await openStore(storePath);
  await anchorTenant(store, TENANT, { maxSegment: 7 });
  await store.close();
  const source = await openSource(storePath);
  try {
    const report = await verifyAll(source, {
      onTenant: (log) => {
        expect(log.unanchored).toBeNull();
      },
    });
    // The genesis comes besides.
    expect(report).toMatchObject({ status: 'valid', findings: [], walked: entries + 1 });
  } finally {
    await source.close();
  }
}

export interface Imported {
  readonly id: string;
  readonly type: string;
  readonly actor: Record<string, unknown>;
  readonly targets: readonly { type: string; id: string }[];
  readonly data: Record<string, unknown>;
  /** The sealed values, opened. */
  readonly values: Record<string, unknown>;
  /** The text that is hashed and can never be erased. */
  readonly text: string;
}

/** The entries of a store after the genesis, in order, read beside the product. */
export function entriesIn(storePath: string): Imported[] {
  const db = new Database(storePath, { readonly: true });
  try {
    const rows = db.prepare('SELECT entry, openings FROM entries WHERE seq > 0 ORDER BY seq').all() as {
      entry: string;
      openings: string;
    }[];
    return rows.map(({ entry, openings }) => {
      const opened = Object.entries(JSON.parse(openings) as Record<string, { value: unknown }>);
      const values = Object.fromEntries(opened.map(([field, { value }]) => [field, value]));
      return { ...JSON.parse(entry), values, text: entry };
    });
  } finally {
    db.close();
  }
}

/** The entries of one conversation, each as its type and the part of its id that follows the conversation's. */
export function outline(entries: readonly Imported[], conversation: string): string[] {
  return entries
    .filter(({ id }) => id.startsWith(`${conversation}:`))
    .map(({ id, type }) => `${id.slice(conversation.length + 1)} ${type}`);
}

/** Every text of four characters and more that a recording's messages, arguments and results hold, but for identifiers. */
export async function textsOf(name: string): Promise<string[]> {
  const texts = new Set<string>();
  const collect = (value: unknown, member = ''): void => {
    if (typeof value === 'string') {
      if (value.length >= 4 && !/(?:_id|^id|^name|^role|^type)$/.test(member)) texts.add(value);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) collect(inner, Array.isArray(value) ? member : key);
    }
  };
  for (const line of (await readFile(sample(name), 'utf8')).trim().split('\n')) {
    const { messages } = JSON.parse(line) as { messages: unknown[] };
    collect(messages);
    for (const call of messages.flatMap((m) => (m as { tool_calls?: unknown[] }).tool_calls ?? [])) {
      try {
        collect(JSON.parse((call as { function: { arguments: string } }).function.arguments));
      } catch {
        // The text as a whole is collected already.
      }
    }
  }
  return [...texts];
}
