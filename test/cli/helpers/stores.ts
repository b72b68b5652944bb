import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { proposalCreated } from '@sealtrail/events';
import type { EntryDraft } from '@sealtrail/format';
import { anchorTenant, exportBundle, Log, openStore } from '@sealtrail/store';
import { openSource } from '@sealtrail/verifier';
import Database from 'libsql';

/** A proposal, numbered. */
function proposal(n: number, rationale = `reason ${n}`): EntryDraft {
  return proposalCreated({
    proposal: `p-${n}`,
    actor: { type: 'agent', id: 'assistant' },
    action: 'update_contact',
    targets: [{ type: 'contact', id: `c-${n}` }],
    args: { n },
    rationale,
    confidence: 0.5,
  });
}

export interface Shape {
  /** Entries after the genesis. */
  readonly entries: number;
  /** Positions 0 to this many minus one are anchored, in segments of `segment`; 0 for no anchor. */
  readonly anchored?: number;
  readonly segment?: number;
}

/** Makes a SQLite store, or adds to one. */
export async function fill(path: string, tenants: Readonly<Record<string, Shape>>): Promise<string> {
  const store = await openStore(path);
  const log = new Log(store);
  try {
    for (const [tenant, { entries, anchored = 0, segment = 4 }] of Object.entries(tenants)) {
      const drafts = Array.from({ length: entries }, (_, i) => proposal(i + 1));
      const early = anchored === 0 ? 0 : anchored - 1;
      if (early > 0) {
        await log.appendAll(tenant, drafts.slice(0, early));
        await anchorTenant(store, tenant, { maxSegment: segment });
      }
      await log.appendAll(tenant, drafts.slice(early));
    }
  } finally {
    await log.close();
    await store.close();
  }
  return path;
}

/** Exports a store into a bundle beside it. */
export async function bundle(store: string, name = 'log.jsonl'): Promise<string> {
  const source = await openSource(store, { known: true });
  const path = join(store, '..', name);
  let text = '';
  try {
    await exportBundle(
      source,
      (chunk) => {
        text += chunk;
      },
      { time: '2026-05-04T10:00:00.000Z' },
    );
  } finally {
    await source.close();
  }
  await writeFile(path, text);
  return path;
}

/** Changes a store behind the log's back. */
export function tamper(store: string, sql: string, ...values: unknown[]): void {
  const db = new Database(store);
  try {
    if (db.prepare(sql).run(...values).changes === 0) throw new Error(`nothing was changed by: ${sql}`);
  } finally {
    db.close();
  }
}

/** One row of a store, read beside the product. */
export function row<T>(store: string, sql: string, ...values: unknown[]): T {
  const db = new Database(store, { readonly: true });
  try {
    return db.prepare(sql).get(...values) as T;
  } finally {
    db.close();
  }
}

/** Changes the text of one entry: somebody else proposed it. */
export function tamperEntry(store: string, tenant: string, seq: number): void {
  tamper(
    store,
    `UPDATE entries SET entry = replace(entry, '"id":"assistant"', '"id":"assistanT"') WHERE tenant = ? AND seq = ?`,
    tenant,
    seq,
  );
}

/** A SQLite file that is no store. */
export function makeTable(path: string): void {
  const db = new Database(path);
  try {
    db.exec('CREATE TABLE goods (name TEXT)');
  } finally {
    db.close();
  }
}
