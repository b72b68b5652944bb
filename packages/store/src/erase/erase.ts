import { randomUUID } from 'node:crypto';
import {
  type Actor,
  erasedDraft,
  isReference,
  LEGAL_BASES,
  type LegalBasis,
  readErased,
  recordKey,
  SealtrailError,
} from '@sealtrail/format';
import type { DestroyedValues, Store } from '../port.ts';
import { appendIfUnchanged } from '../retention/append-if-unchanged.ts';
import { checkPerson } from '../retention/person.ts';
import { ErasePlan, type EraseScope, partsOf } from './plan.ts';

export interface EraseRequest extends EraseScope {
  /** Who decides: a person whom the host has signed in. */
  readonly by: Actor;
  readonly basis: LegalBasis;
  /** Why, in free words; sealed. */
  readonly note?: string | undefined;
  /** Names this erasure; made up when absent. */
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
 *   `store_unavailable`
 */
export async function erase(store: Store, tenant: string, request: EraseRequest): Promise<EraseResult> {
  check(request);
  const erasure = request.erasure ?? randomUUID();
  const plan = new ErasePlan(store, tenant, request);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await plan.rules.advance();
    // First what was begun: the log says that it is gone.
    await finishErasures(store, tenant, plan.rules.erasures);
    await plan.advance();
    const result = resultOf(erasure, plan);
    if (result.held.length > 0 && request.exceptHeld !== true) throw held(result);
    if (plan.values.length === 0) return result;
    const parts = partsOf(plan.values);
    const drafts = parts.map((values, part) =>
      erasedDraft(
        request.by,
        {
          erasure,
          basis: request.basis,
          about: request.about,
          reference: recordKey(tenant, request.target),
          part,
          parts: parts.length,
          values,
        },
        part === 0 ? request.note : undefined,
      ),
    );
    if (!(await appendIfUnchanged(store, tenant, drafts, plan.rules.tip))) continue;
    await destroy(store, tenant, plan.values);
    await store.compact?.();
    return result;
  }
  throw new SealtrailError('store_unavailable', 'others appended again and again in the meantime');
}

/** Destroys what entries say is destroyed, and a crash left there. */
async function finishErasures(store: Store, tenant: string, positions: readonly number[]): Promise<void> {
  for (const { entry } of await store.readAt(tenant, positions)) {
    for (const { fields, at } of readErased(entry)?.values ?? []) {
      for (const [from, to] of at) {
        const values = Array.from({ length: to - from + 1 }, (_, i) => ({ seq: from + i, fields }));
        await destroy(store, tenant, values);
      }
    }
  }
}

async function destroy(store: Store, tenant: string, values: readonly DestroyedValues[]): Promise<void> {
  for (let i = 0; i < values.length; i += CHUNK)
    await store.destroyOpenings(tenant, values.slice(i, i + CHUNK));
}

function resultOf(erasure: string, { values, held: protectedValues }: ErasePlan): EraseResult {
  return {
    erasure,
    entries: values.length,
    values: values.reduce((sum, { fields }) => sum + fields.length, 0),
    erased: values,
    held: protectedValues.map(({ value, holds }) => ({ ...value, holds: holds.map(({ hold }) => hold) })),
  };
}

function check({ by, basis, erasure }: EraseRequest): void {
  checkPerson(by);
  if (!LEGAL_BASES.includes(basis)) {
    throw new SealtrailError('erasure_invalid', `the legal basis is one of ${LEGAL_BASES.join(', ')}`);
  }
  if (erasure !== undefined && !isReference(erasure)) {
    throw new SealtrailError('erasure_invalid', 'the name of the erasure is no reference');
  }
}

function held(result: EraseResult): SealtrailError {
  const holds = [...new Set(result.held.flatMap((one) => one.holds))];
  return new SealtrailError('held', `${result.held.length} entries are under a hold: ${holds.join(', ')}`, {
    holds,
    entries: result.held.length,
  });
}
