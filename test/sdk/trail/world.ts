import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, readEntry } from '@sealtrail/format';
import {
  authenticatedUser,
  defineAction,
  openSealtrail,
  type ProposeOptions,
  type Sealtrail,
  type SealtrailOptions,
  type Trail,
  type TrailOptions,
} from '@sealtrail/sdk';
import { openSqliteStore } from '@sealtrail/store/sqlite';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import { newSqlitePlace } from '../../support/places.ts';
import { storedRows } from '../../support/verified.ts';

export const TENANT = 'acme';
const START = Date.parse('2026-03-02T08:00:00.000Z');
export const MINUTE = 60_000;

export const sarah = authenticatedUser({ id: 'u-sarah', auth_method: 'sso', role: 'manager' });
export const ben = authenticatedUser({ id: 'u-ben', auth_method: 'password+totp' });
export const agent = { id: 'assistant', agent_version: '2.3.0', model: 'example-1' };

export const updateContact = defineAction({
  name: 'update_contact',
  input: z.strictObject({ id: z.string(), phone: z.string().optional(), stage: z.string().optional() }),
  targets: ({ id }) => [{ type: 'contact', id }],
  personal: ['phone'],
  risk: 'medium',
  expires_after_ms: 10 * MINUTE,
});

export const readContact = defineAction({
  name: 'read_contact',
  input: z.strictObject({ id: z.string() }),
  targets: ({ id }) => [{ type: 'contact', id }],
  approval: 'not_required',
});

/** A log with a clock that the test sets, and plugins that work on it. */
export interface World {
  readonly location: string;
  readonly folder: string;
  now: number;
  /** One more plugin process, with its own connection. */
  plugin(
    options?: TrailOptions,
    more?: Partial<SealtrailOptions>,
  ): Promise<{ sealtrail: Sealtrail; trail: Trail }>;
}

/** A world whose log is verified when the test is over, whatever happened in it. */
export async function newWorld(): Promise<World> {
  const { folder } = await newSqlitePlace();
  const location = join(folder, 'world.db');
  onTestFinished(async () => {
    if (existsSync(location)) await expectValid(location);
  });
  const world: World = {
    location,
    folder,
    now: START,
    plugin: async (options = {}, more = {}) => {
      const store = await openSqliteStore(location, { now: () => world.now });
      onTestFinished(() => store.close());
      const sealtrail = await openSealtrail({ store, ...more });
      onTestFinished(() => sealtrail.close());
      return { sealtrail, trail: sealtrail.trail(TENANT, { now: () => world.now, ...options }) };
    },
  };
  return world;
}

let made = 0;
/** What an agent says when it proposes to update a contact. */
export function update(
  over: Partial<ProposeOptions<typeof updateContact>> = {},
): ProposeOptions<typeof updateContact> {
  made++;
  return {
    id: `p-${made}`,
    agent,
    input: { id: 'c-1', phone: '+44 20 7946 0112', stage: 'won' },
    rationale: 'The signature of her mail has a new number.',
    confidence: 0.9,
    ...over,
  };
}

/** Whatever logs there are, they are valid. */
async function expectValid(location: string): Promise<void> {
  const source = await openSource(location);
  try {
    const { status, tenants, findings } = await verifyAll(source);
    expect([status, findings]).toEqual([tenants === 0 ? 'unverifiable' : 'valid', []]);
  } finally {
    await source.close();
  }
}

/** The entries of the log after its genesis, once the whole log was verified. */
export async function verifiedEntries(location: string): Promise<Entry[]> {
  await expectValid(location);
  const rows = await storedRows(location, TENANT);
  return rows.map((row) => readEntry(row['entry'] as string)).filter(({ seq }) => seq > 0);
}

/** The code of the error that a call rejects with. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'no error',
    (error: { code?: string }) => error.code ?? String(error),
  );
}
