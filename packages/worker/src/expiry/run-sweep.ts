import { proposalExpired } from '@sealtrail/events';
import { isSealtrailError, type SealtrailError } from '@sealtrail/format';
import type { Log } from '@sealtrail/store';
import type { Due, Views } from '@sealtrail/views';
import type { AnchoringEvents } from '../anchoring/events.ts';
import { brokenCode, classify, type Failure } from '../anchoring/failure.ts';

/** What one look for proposals whose time is up came to. */
export interface SweepRun {
  readonly outcome: 'done' | Failure;
  /** Proposals that were recorded as expired. */
  readonly expired: number;
  /** Proposals that somebody decided in the meantime. */
  readonly decided: number;
  /** Logs that could not be read, or take nothing more. Each of them raises an alert, and holds up no other. */
  readonly broken: number;
  readonly durationMs: number;
  readonly error?: unknown;
}

/** What a sweep works with. */
export interface SweepContext {
  readonly views: Pick<Views, 'due'>;
  readonly log: Pick<Log, 'append'>;
  readonly events: Pick<AnchoringEvents, 'onSweep' | 'onAlert'>;
  /** Milliseconds since 1970; default the host's clock. */
  readonly now?: () => number;
}

/** Proposals that are recorded together. */
const BATCH = 200;
/** In the log, as for a click that finds the time up: whoever notices first writes the same entry. */
const ACTOR = { type: 'system', id: 'sealtrail' } as const;

/**
 * Records every pending proposal whose time is up as expired; throws nothing. An expiry has the id of the proposal's decision,
 * so sweeps may overlap, race with people and die half-way: no proposal expires twice, and none that was decided.
 */
export async function runSweep(context: SweepContext, signal?: AbortSignal): Promise<SweepRun> {
  const begin = performance.now();
  const counts = { expired: 0, decided: 0 };
  const broken = new Set<string>();
  let failure: { readonly outcome: Failure; readonly error: unknown } | undefined;
  try {
    let batch: Due[] = [];
    const onBroken = (error: SealtrailError) =>
      alertBroken(context, broken, String(error.detail['tenant']), error);
    for await (const one of context.views.due((context.now ?? Date.now)(), { onBroken })) {
      signal?.throwIfAborted();
      batch.push(one);
      if (batch.length === BATCH) {
        await expireAll(context, batch, counts, broken);
        batch = [];
      }
    }
    await expireAll(context, batch, counts, broken);
  } catch (error) {
    failure = { outcome: classify(error, signal), error };
  }
  const durationMs = performance.now() - begin;
  const run: SweepRun = { outcome: 'done', ...counts, broken: broken.size, durationMs, ...failure };
  context.events.onSweep(run);
  if (run.outcome === 'failed' || run.outcome === 'broken') {
    const { error } = run;
    const message = error instanceof Error ? error.message : String(error);
    const detail = isSealtrailError(error) ? { error: error.code } : {};
    context.events.onAlert({ code: 'sweep_failed', tenant: null, message, detail });
  }
  return run;
}

/** One log that cannot be read, or takes nothing more, must not hold up the others. */
function alertBroken(
  { events }: SweepContext,
  broken: Set<string>,
  tenant: string,
  { code, message }: SealtrailError,
): void {
  if (!broken.has(tenant)) {
    events.onAlert({ code: code === 'segment_broken' ? code : 'log_broken', tenant, message, detail: {} });
  }
  broken.add(tenant);
}

async function expireAll(
  context: SweepContext,
  batch: readonly Due[],
  counts: { expired: number; decided: number },
  broken: Set<string>,
): Promise<void> {
  const { log } = context;
  const expireOne = async ({ tenant, proposal, targets, expires_at }: Due): Promise<void> => {
    if (broken.has(tenant)) return;
    try {
      await log.append(
        tenant,
        proposalExpired({ proposal, actor: ACTOR, targets: [...targets], expires_at }),
      );
      counts.expired++;
    } catch (error) {
      if (isSealtrailError(error, 'id_conflict')) {
        counts.decided++;
        return;
      }
      if (brokenCode(error) === undefined) throw error;
      alertBroken(context, broken, tenant, error as SealtrailError);
    }
  };
  await Promise.all(batch.map(expireOne));
}
