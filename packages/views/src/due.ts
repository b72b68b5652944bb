import { isSealtrailError, isTime, SealtrailError, type Target } from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import type { DuePlace, Index, Progress } from './port.ts';
import { dueAt, notWritten } from './proposal-row.ts';
import { parseTenant } from './query/filter.ts';

/** A proposal that nobody decided in time. */
export interface Due {
  readonly tenant: string;
  readonly proposal: string;
  readonly targets: readonly Target[];
  readonly expires_at: string;
}

/** Proposals that are read together. */
const CHUNK = 500;

export interface DueOptions {
  /** Only this tenant; default: every tenant of the registry. */
  readonly tenant?: string | undefined;
  /**
   * Told of each log that cannot be read: an error `log_broken` whose `detail` names the tenant. Without it, the first such
   * error is thrown once the other tenants' proposals were given.
   */
  readonly onBroken?: ((error: SealtrailError) => void) | undefined;
}

/**
 * Reads on while its caller appends: a proposal that ends meanwhile may still be given, and is refused where its end is
 * recorded, by its id. One that is left out, because the index was rebuilt, is due the next time.
 */
export async function* due(
  store: Store,
  index: Index,
  catchUp: (tenant: string) => Promise<Progress | undefined>,
  now: number,
  { tenant, onBroken }: DueOptions,
): AsyncGenerator<Due> {
  const before = timeOf(now);
  const tenants = tenant === undefined ? registered(store) : [parseTenant(tenant)];
  let broken: SealtrailError | undefined;
  for await (const name of tenants) {
    // One log that cannot be read must not hold up the others.
    const progress = await catchUp(name).catch((error: unknown) => {
      if (!isSealtrailError(error, 'log_broken')) throw error;
      onBroken?.(error);
      broken ??= error;
      return undefined;
    });
    if (progress !== undefined) yield* dueOf(index, progress, before);
  }
  if (broken !== undefined && onBroken === undefined) throw broken;
}

async function* dueOf(index: Index, { tenant, build }: Progress, before: string): AsyncGenerator<Due> {
  let after: DuePlace | undefined;
  for (;;) {
    const rows = await index.due(build, before, after, CHUNK);
    for (const row of rows) {
      const { proposal, created } = row;
      const expires_at = dueAt(row);
      // Whatever stands in the index, each page begins behind the one before.
      if (created === undefined || expires_at === undefined || !isBehind({ expires_at, proposal }, after)) {
        throw notWritten();
      }
      after = { expires_at, proposal };
      yield { tenant, proposal, targets: created.targets, expires_at };
    }
    if (rows.length < CHUNK) return;
  }
}

function isBehind(place: DuePlace, before: DuePlace | undefined): boolean {
  if (before === undefined) return true;
  return place.expires_at === before.expires_at
    ? place.proposal > before.proposal
    : place.expires_at > before.expires_at;
}

function timeOf(now: number): string {
  const time = Number.isFinite(now) ? new Date(now) : undefined;
  const text = time === undefined || Number.isNaN(time.getTime()) ? '' : time.toISOString();
  if (!isTime(text))
    throw new SealtrailError('query_invalid', 'the query is invalid: now is no time', { path: 'now' });
  return text;
}

/** Every tenant of the registry. One that only has rows has no log to append to. */
async function* registered(store: Store): AsyncGenerator<string> {
  const source = store.source();
  try {
    for await (const { tenant, registry } of source.logs()) if (registry !== undefined) yield tenant;
  } finally {
    await source.close();
  }
}
