import { openTokens, type Role, type Scope } from '@sealtrail/service';
import { serve } from '@sealtrail/service/node';
import { anchorTenant, type EntryDraft, Log, sealTenants } from '@sealtrail/store';
import Database from 'libsql';
import type { Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { newSqlitePlace, type Place } from '../../support/places.ts';
import { BULK, LIFE, UNEXPLAINED } from '../../views/story.ts';

const STORY = [...LIFE, UNEXPLAINED, ...BULK];
const DAY_MS = 86_400_000;

/** A service over two tenants, with the console as it is built. */
export interface Desk {
  readonly place: Place;
  /** Address of the page. */
  readonly base: string;
  /** Entries of each tenant, the first one included. */
  readonly size: number;
  token(role: Role, scope?: Scope): Promise<string>;
}

/** @param drafts of both tenants; anchored and sealed, but for the last `unanchored` of them */
export async function newDesk({
  drafts = STORY,
  unanchored = 0,
  path = '',
}: {
  drafts?: readonly EntryDraft[];
  unanchored?: number;
  /** Where the service is mounted in its host. */
  path?: string;
} = {}): Promise<Desk> {
  const place = await newSqlitePlace();
  const store = await place.open();
  const log = new Log(store);
  for (const tenant of ['acme', 'beta']) {
    await log.appendAll(tenant, drafts.slice(0, drafts.length - unanchored));
    await anchorTenant(store, tenant, { maxSegment: 16 });
  }
  await sealTenants(store);
  if (unanchored > 0) await log.appendAll('acme', drafts.slice(-unanchored));
  await log.close();
  const served = await serve({ store: place.location, host: '127.0.0.1', port: 0, path });
  onTestFinished(() => served.close());
  return {
    place,
    base: `http://127.0.0.1:${served.port}${path}/`,
    size: drafts.length + 1,
    token: async (role, scope = { tenants: 'all' }) => {
      const tokens = await openTokens(place.location);
      const expires = new Date(Date.now() + DAY_MS).toISOString();
      try {
        return (await tokens.create({ name: `a ${role}`, role, scope, expires })).text;
      } finally {
        await tokens.close();
      }
    },
  };
}

/** Types a token in, as somebody does who was given one. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  // The first page leads on to one about a tenant; whoever goes elsewhere before that is taken there.
  await page.waitForURL(/#\/./);
}

/** Goes to a page of the console, as its address says. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate((hash) => {
    (globalThis as unknown as { location: { hash: string } }).location.hash = hash;
  }, `#/${path}`);
}

/** One click, and the verdict that follows it. */
export async function check(page: Page, side: 'server' | 'browser' = 'server'): Promise<string> {
  await page.getByRole('button', { name: 'Check the log' }).click();
  await page.getByText(/^Checked by the server: (valid|broken|unverifiable)$/).waitFor();
  await page.getByText(/^Checked in your browser: (valid|broken|unverifiable)$/).waitFor();
  return show(page, side);
}

/** The verdict of one of the two checks. */
export async function show(page: Page, side: 'server' | 'browser'): Promise<string> {
  await page.getByText(side === 'server' ? /^Checked by the server:/ : /^Checked in your browser:/).click();
  return (await page.getByTestId('verdict').textContent()) ?? '';
}

/** Changes a stored entry behind the log's back. @returns its position */
export function tamper(location: string, id: string, from: string, to: string): number {
  return behind(location, id, (db, { seq, entry }) => {
    if (!entry.includes(from)) throw new Error(`entry ${id} does not say ${from}`);
    db.prepare("UPDATE entries SET entry = ? WHERE tenant = 'acme' AND seq = ?").run(
      entry.replace(from, to),
      seq,
    );
  });
}

/** Removes a stored entry behind the log's back. @returns its position */
export function remove(location: string, id: string): number {
  return behind(location, id, (db, { seq }) => {
    db.prepare("DELETE FROM entries WHERE tenant = 'acme' AND seq = ?").run(seq);
  });
}

/** Deletes the sealed values of an entry behind the log's back. */
export function deleteValues(location: string, seq: number): void {
  const db = new Database(location);
  db.prepare("UPDATE entries SET openings = '{}' WHERE tenant = 'acme' AND seq = ?").run(seq);
  db.close();
}

interface Row {
  readonly seq: number;
  readonly entry: string;
}

function behind(location: string, id: string, change: (db: Database.Database, row: Row) => void): number {
  const db = new Database(location);
  try {
    const [row] = db
      .prepare("SELECT seq, entry FROM entries WHERE tenant = 'acme' AND id = ?")
      .all(id) as Row[];
    if (row === undefined) throw new Error(`there is no entry ${id}`);
    change(db, row);
    return row.seq;
  } finally {
    db.close();
  }
}
