import { randomUUID } from 'node:crypto';
import {
  type Actor,
  type EntryDraft,
  type ErasedValues,
  erasedDraft,
  erasedId,
  isErasureName,
  LEGAL_BASES,
  type LegalBasis,
  MAX_ERASURE_NAME,
  readErased,
  recordKey,
  SealtrailError,
} from '@sealtrail/format';
import type { DestroyedValues, Store } from '../port.ts';
import { appendIfUnchanged } from '../retention/append-if-unchanged.ts';
import { checked } from '../retention/checked.ts';
import { checkPerson } from '../retention/person.ts';
import type { EntryRef, Rules } from '../retention/rules.ts';
import { ErasePlan, type EraseScope, partsOf } from './plan.ts';

export interface EraseRequest extends EraseScope {
  /** Who decides: a person whom the host has signed in. */
  readonly by: Actor;
  readonly basis: LegalBasis;
  /** Why, in free words; sealed. */
  readonly note?: string | undefined;
  /** Names this erasure, in the characters of an entry's id; made up when absent. */
  readonly erasure?: string | undefined;
  /** Erase what no hold protects, instead of nothing when a hold protects some of it. */
  readonly exceptHeld?: boolean | undefined;
}

/** What an erasure did, or what it would do. */
export interface EraseResult {
  readonly erasure: string;
  /** Entries that lose values, and how many values. */
  readonly entries: number;
  readonly values: number;
  /** Positions and fields, in order. */
  readonly erased: readonly DestroyedValues[];
  /** What holds protect. */
  readonly held: readonly {
    readonly seq: number;
    readonly fields: readonly string[];
    readonly holds: readonly string[];
  }[];
}

/** Attempts to decide on a log that grows meanwhile. */
const ATTEMPTS = 50;
/** Values that are destroyed together. */
const CHUNK = 500;

/** What {@link erase} would do; changes nothing. */
export async function planErase(store: Store, tenant: string, request: EraseRequest): Promise<EraseResult> {
  check(request);
  const plan = new ErasePlan(store, tenant, request);
  await plan.advance();
  return resultOf(request.erasure ?? '', plan);
}

/**
 * Destroys sealed values with their salts, after an entry accounts for it. The entries stay, and with them every hash, anchor and
 * proof. What a crash leaves behind is an account of values that are still there; any later erasure, or this one again, finishes it.
 *
 * @throws SealtrailError `held` when a hold protects some of it, unless `exceptHeld`; `actor_refused`; `erasure_invalid`;
 *   `id_conflict` for a name that was used; `store_unavailable`, also when copies are left that somebody still reads
 */
export async function erase(store: Store, tenant: string, request: EraseRequest): Promise<EraseResult> {
  check(request);
  const erasure = request.erasure ?? randomUUID();
  const plan = new ErasePlan(store, tenant, request);
  let finished = 0;
  let resumed = false;
  /** What this erasure has accounted for so far: all of it at once, unless the database is cut off in the middle. */
  const accounted: ErasedValues[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await plan.rules.advance();
    // First what was begun: the log says that it is gone. All that it ever said, since a backup brings back values of any of them.
    const { erasures } = plan.rules;
    if (await finishErasures(store, tenant, plan.rules, erasures.slice(finished))) {
      resumed = true;
      await store.compact?.();
    }
    finished = erasures.length;
    await plan.advance();
    const result = resultOf(
      erasure,
      plan,
      accounted.flatMap((part) => [...valuesOf(part)]),
    );
    if (result.held.length > 0 && request.exceptHeld !== true) throw held(result);
    if (plan.values.length === 0) {
      // What was destroyed by a run that got no further than that may have left copies.
      if (finished > 0 && !resumed) await store.scrub?.();
      return result;
    }
    const parts = partsOf(plan.values);
    const drafts = accountsOf(tenant, { ...request, erasure }, parts, accounted.length);
    if (accounted.length === 0) await refuseTaken(store, tenant, erasure);
    const appended = await appendIfUnchanged(store, tenant, drafts, plan.rules.tip);
    accounted.push(...parts.slice(0, appended));
    if (appended < drafts.length) continue;
    await destroy(store, tenant, plan.values);
    await store.compact?.();
    return result;
  }
  throw new SealtrailError('store_unavailable', 'others appended again and again in the meantime');
}

/** The entries that account for an erasure, numbered on from those that are there. @throws SealtrailError `erasure_invalid` */
function accountsOf(
  tenant: string,
  { by, erasure, basis, about, target, note }: EraseRequest & { readonly erasure: string },
  all: readonly ErasedValues[],
  before: number,
): EntryDraft[] {
  const reference = recordKey(tenant, target);
  return all.map((values, i) => {
    const part = before + i;
    const data = { erasure, basis, about, reference, part, parts: before + all.length, values };
    return checked('erasure_invalid', () => erasedDraft(by, data, part === 0 ? note : undefined));
  });
}

/** A name that was used says what was erased then, and can say nothing else. */
async function refuseTaken(store: Store, tenant: string, erasure: string): Promise<void> {
  const row = await store.findById(tenant, erasedId(erasure, 0));
  if (row === undefined) return;
  throw new SealtrailError(
    'id_conflict',
    `the log of ${tenant} has an erasure ${erasure} at position ${row.seq}, which is done: give this one another name`,
    { tenant, id: row.id, seq: row.seq },
  );
}

/**
 * Destroys what entries say is destroyed, and a crash left there.
 *
 * @returns whether there was any of it
 */
async function finishErasures(
  store: Store,
  tenant: string,
  rules: Rules,
  accounts: readonly EntryRef[],
): Promise<boolean> {
  let destroyed = 0;
  for (const { entry } of await rules.again(accounts)) {
    destroyed += await destroy(store, tenant, valuesOf(readErased(entry)?.values ?? []));
  }
  return destroyed > 0;
}

function* valuesOf(erased: ErasedValues): Generator<DestroyedValues> {
  for (const { fields, at } of erased) {
    for (const [from, to] of at) for (let seq = from; seq <= to; seq++) yield { seq, fields };
  }
}

/** @returns how many values were there */
async function destroy(store: Store, tenant: string, values: Iterable<DestroyedValues>): Promise<number> {
  let destroyed = 0;
  let chunk: DestroyedValues[] = [];
  for (const value of values) {
    chunk.push(value);
    if (chunk.length < CHUNK) continue;
    destroyed += await store.destroyOpenings(tenant, chunk);
    chunk = [];
  }
  return chunk.length === 0 ? destroyed : destroyed + (await store.destroyOpenings(tenant, chunk));
}

function resultOf(
  erasure: string,
  plan: Pick<ErasePlan, 'values' | 'held'>,
  accounted: readonly DestroyedValues[] = [],
): EraseResult {
  const values = [...accounted, ...plan.values].sort((a, b) => a.seq - b.seq);
  return {
    erasure,
    entries: values.length,
    values: values.reduce((sum, { fields }) => sum + fields.length, 0),
    erased: values,
    held: plan.held.map(({ value, holds }) => ({ ...value, holds: holds.map(({ hold }) => hold) })),
  };
}

function check({ by, basis, about, erasure }: EraseRequest): void {
  checkPerson(by);
  if (about !== 'subject' && about !== 'record') {
    throw new SealtrailError('erasure_invalid', 'an erasure is about a subject or a record');
  }
  if (!LEGAL_BASES.includes(basis)) {
    throw new SealtrailError('erasure_invalid', `the legal basis is one of ${LEGAL_BASES.join(', ')}`);
  }
  if (erasure !== undefined && !isErasureName(erasure)) {
    throw new SealtrailError(
      'erasure_invalid',
      `the name of an erasure is 1 to ${MAX_ERASURE_NAME} characters of A-Z a-z 0-9 . _ : ~ -`,
    );
  }
}

function held(result: EraseResult): SealtrailError {
  const holds = [...new Set(result.held.flatMap((one) => one.holds))];
  return new SealtrailError(
    'held',
    `${result.held.length === 1 ? 'one entry is' : `${result.held.length} entries are`} under a hold: ${holds.join(', ')}`,
    {
      holds,
      entries: result.held.length,
    },
  );
}
