import { isSealtrailError } from '@sealtrail/format';
import type { UnanchoredTenant } from '@sealtrail/store';
import { classify, type Failure } from './failure.ts';
import type { AnchoringContext } from './run-anchor.ts';

/** What one look for tenants with unanchored entries came to. */
export interface TickRun {
  readonly outcome: 'done' | Failure;
  /** Tenants with unanchored entries, and those entries: the lag. Of a tick that failed, as far as it came. */
  readonly tenants: number;
  readonly entries: number;
  readonly durationMs: number;
  readonly error?: unknown;
}

const BATCH = 500;

/**
 * Finds the tenants that have something to anchor and hands them on in batches; throws nothing. Ticks may overlap, and one
 * that dies half-way needs no cleaning up: the next finds the rest.
 */
export async function runTick(
  context: Pick<AnchoringContext, 'store' | 'events'>,
  handOn: (found: readonly UnanchoredTenant[]) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<TickRun> {
  const begin = performance.now();
  let tenants = 0;
  let entries = 0;
  let failure: { readonly outcome: Failure; readonly error: unknown } | undefined;
  try {
    let batch: UnanchoredTenant[] = [];
    for await (const found of context.store.unanchored()) {
      signal?.throwIfAborted();
      tenants++;
      entries += found.entries;
      batch.push(found);
      if (batch.length === BATCH) {
        await handOn(batch);
        batch = [];
      }
    }
    if (batch.length > 0) await handOn(batch);
  } catch (error) {
    failure = { outcome: classify(error, signal), error };
  }
  const durationMs = performance.now() - begin;
  const run: TickRun = { outcome: 'done', tenants, entries, durationMs, ...failure };
  context.events.onTick(run);
  if (run.outcome === 'failed' || run.outcome === 'broken') {
    const { error } = run;
    const message = error instanceof Error ? error.message : String(error);
    const detail = isSealtrailError(error) ? { error: error.code } : {};
    context.events.onAlert({ code: 'tick_failed', tenant: null, message, detail });
  }
  return run;
}
