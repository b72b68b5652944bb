import { isSealtrailError } from '@sealtrail/format';
import type { Publisher } from '@sealtrail/publisher';
import type { AlertCode, AnchoringEvents } from '../anchoring/events.ts';
import { classify, type Failure, isRefusedByDisk } from '../anchoring/failure.ts';

/** What one attempt at a checkpoint came to. */
export interface PublishRun {
  /** `idle` when nothing was sealed since the last checkpoint. */
  readonly outcome: 'published' | 'idle' | Failure;
  /** Size of the newest checkpoint; null when there is none. */
  readonly size: number | null;
  /** Sinks that have not got everything: also without a new checkpoint, one may still wait for an older. */
  readonly waiting: readonly string[];
  readonly durationMs: number;
  readonly error?: unknown;
}

/** What bringing checkpoints to one sink came to. */
export interface DeliverRun {
  readonly sink: string;
  readonly outcome: 'delivered' | 'nothing' | Failure;
  /** Of a sink that cannot be reached: since when it took nothing of what waits for it. */
  readonly quietSince?: string | undefined;
  readonly durationMs: number;
  readonly error?: unknown;
}

/** What publishing works with. */
export interface PublishContext {
  readonly publisher: Pick<Publisher, 'publish' | 'deliver' | 'sinks'>;
  readonly events: Pick<AnchoringEvents, 'onPublish' | 'onDeliver' | 'onAlert'>;
}

/**
 * Signs and publishes what was sealed since; throws nothing. Workers that do the same at once on one folder sign one checkpoint.
 * A log that does not extend what was signed raises an alert, and nothing is signed.
 */
export async function runPublish(
  { publisher, events }: PublishContext,
  signal?: AbortSignal,
): Promise<PublishRun> {
  const begin = performance.now();
  let outcome: PublishRun['outcome'] = 'idle';
  let size: number | null = null;
  let waiting: readonly string[] = [];
  let failure: { readonly outcome: Failure; readonly error: unknown } | undefined;
  try {
    const { checkpoint, made } = await publisher.publish();
    if (made) outcome = 'published';
    size = checkpoint?.size ?? null;
  } catch (error) {
    failure = { outcome: outcomeOf(error, signal), error };
  }
  try {
    waiting = (await publisher.sinks()).filter(({ outstanding }) => outstanding > 0).map(({ name }) => name);
  } catch (error) {
    failure ??= { outcome: outcomeOf(error, signal), error };
  }
  const run: PublishRun = { outcome, size, waiting, durationMs: performance.now() - begin, ...failure };
  events.onPublish(run);
  alert(events, 'publish', run);
  return run;
}

/** Brings one sink what it has not got; throws nothing. */
export async function runDeliver(
  { publisher, events }: PublishContext,
  sink: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<DeliverRun> {
  const begin = performance.now();
  let run: DeliverRun;
  try {
    const { taken } = await publisher.deliver(sink, signal);
    run = { sink, outcome: taken > 0 ? 'delivered' : 'nothing', durationMs: performance.now() - begin };
  } catch (error) {
    // A worker with other sinks asked for it: one that has this sink comes next.
    const outcome = isOfOthers(error, sink) ? 'outage' : outcomeOf(error, signal);
    const quietSince = outcome === 'outage' ? await quietSinceOf(publisher, sink) : undefined;
    run = { sink, outcome, quietSince, durationMs: performance.now() - begin, error };
  }
  events.onDeliver(run);
  alert(events, 'delivery', run);
  return run;
}

/** Undefined also when the publisher cannot be asked: the next try may tell. */
async function quietSinceOf(
  publisher: PublishContext['publisher'],
  sink: string,
): Promise<string | undefined> {
  const states = await publisher.sinks().catch(() => []);
  return states.find(({ name }) => name === sink)?.quietSince ?? undefined;
}

function outcomeOf(error: unknown, signal: AbortSignal | undefined): Failure {
  if (isSealtrailError(error, 'checkpoint_refused')) return 'broken';
  const failure = classify(error, signal);
  return failure === 'failed' && isSealtrailError(error, 'sink_failed') ? 'outage' : failure;
}

/** Whether a sink is none of this publisher's. */
function isOfOthers(error: unknown, sink: string): boolean {
  return isSealtrailError(error, 'config_invalid') && error.detail['sink'] === sink;
}

/** For what no retry will mend. */
function alert(
  events: PublishContext['events'],
  work: 'publish' | 'delivery',
  { outcome, error }: Pick<PublishRun | DeliverRun, 'outcome' | 'error'>,
): void {
  const lasts =
    outcome === 'broken' || outcome === 'failed' || (outcome === 'outage' && isRefusedByDisk(error));
  if (!lasts) return;
  const code: AlertCode = `${work}_${isSealtrailError(error, 'checkpoint_refused') ? 'refused' : 'failed'}`;
  const message = error instanceof Error ? error.message : String(error);
  const detail = isSealtrailError(error) ? { error: error.code } : {};
  events.onAlert({ code, tenant: null, message, detail });
}
