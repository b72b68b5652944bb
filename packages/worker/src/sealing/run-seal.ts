import { isSealtrailError } from '@sealtrail/format';
import type { Sealer, SealResult } from '@sealtrail/store';
import type { AnchoringEvents } from '../anchoring/events.ts';
import { brokenCode, classify, type Failure } from '../anchoring/failure.ts';

/** What one attempt at a seal came to. */
export interface SealRun {
  /** `idle` when nothing changed and the last seal is not old. */
  readonly outcome: 'sealed' | 'idle' | Failure;
  /** Position of the newest seal in the operator's log; null when there is none. */
  readonly number: number | null;
  readonly tenants: number;
  readonly changed: number;
  /** Tenants that cannot be sealed as they are stored: missing, set back or forked. Each of them raises an alert. */
  readonly refused: number;
  readonly durationMs: number;
  readonly error?: unknown;
}

/** What sealing works with. */
export interface SealContext {
  readonly sealer: Pick<Sealer, 'seal'>;
  readonly events: Pick<AnchoringEvents, 'onSeal' | 'onAlert'>;
}

/**
 * Makes the next seal if one is due; throws nothing. Workers that do the same at the same moment make one seal; one that dies
 * half-way leaves nothing that counts. Tenants that cannot be sealed as they are raise an alert each.
 */
export async function runSeal(context: SealContext, signal?: AbortSignal): Promise<SealRun> {
  const begin = performance.now();
  let run: SealRun;
  try {
    const result = await context.sealer.seal({ signal });
    alertSetBack(context, result);
    alertRefused(context, result);
    run = {
      outcome: result.made ? 'sealed' : 'idle',
      number: result.seal?.seal.number ?? null,
      tenants: result.tenants,
      changed: result.changed,
      refused: result.refused.length,
      durationMs: performance.now() - begin,
    };
  } catch (error) {
    const outcome = classify(error, signal);
    const durationMs = performance.now() - begin;
    run = { outcome, number: null, tenants: 0, changed: 0, refused: 0, durationMs, error };
  }
  context.events.onSeal(run);
  if (run.outcome === 'failed' || run.outcome === 'broken') {
    const message = run.error instanceof Error ? run.error.message : String(run.error);
    const detail = isSealtrailError(run.error) ? { error: run.error.code } : {};
    context.events.onAlert({ code: brokenCode(run.error) ?? 'seal_failed', tenant: null, message, detail });
  }
  return run;
}

/** Once: what is sealed from here on is over what is there now. */
function alertSetBack({ events }: SealContext, { setBack }: SealResult): void {
  if (setBack === undefined) return;
  const { number, hash, time } = setBack;
  const message = `seal ${number} of ${time} was in the store, and is there no more: the store was set back, or its log of seals was changed. What was recorded since may be gone; verify the store with --seal ${number}:${hash}`;
  events.onAlert({ code: 'store_set_back', tenant: null, message, detail: { seal: number, hash } });
}

function alertRefused({ events }: SealContext, { refused }: SealResult): void {
  for (const { tenant, reason } of refused) {
    const message = `${tenant} cannot be sealed as it is stored (${reason}): its line in the directory stays; verify it`;
    events.onAlert({ code: 'seal_refused', tenant, message, detail: { reason } });
  }
}
