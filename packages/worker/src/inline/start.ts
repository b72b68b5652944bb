import { MAX_SEGMENT_ENTRIES, SealtrailError } from '@sealtrail/format';
import type { Publisher } from '@sealtrail/publisher';
import { Log, Sealer, type Store } from '@sealtrail/store';
import type { Views } from '@sealtrail/views';
import { DEFAULTS, MAX_TIMER_MS } from '../anchoring/defaults.ts';
import { type Alert, type AnchoringEvents, type AnchoringHooks, tellAll } from '../anchoring/events.ts';
import { lastingOutages } from '../anchoring/lasting-outage.ts';
import { retryDelayMs } from '../anchoring/retry.ts';
import type { AnchoringContext } from '../anchoring/run-anchor.ts';
import { type InlineTick, inlineTick } from './inline-tick.ts';

export interface InlineOptions extends AnchoringHooks {
  readonly store: Store;
  /** Time between two ticks; default 30 s. */
  readonly intervalMs?: number | undefined;
  /** Entries under one anchor, 1 to 65,536; default 4,096. */
  readonly maxSegment?: number | undefined;
  /** How long a segment that is not full waits to become so; default 5 min. 0 anchors everything at each tick. */
  readonly maxDelayMs?: number | undefined;
  /** Views of the same store: each tick then also records the proposals whose time is up. They stay the caller's to close. */
  readonly views?: Views | undefined;
  /** Whether each tick also seals all tenants; default true. */
  readonly seal?: boolean | undefined;
  /** Publishes a checkpoint after each seal. It stays the caller's to close. */
  readonly publisher?: Publisher | undefined;
  /** Tenants anchored at once; default 1. */
  readonly concurrency?: number | undefined;
}

export interface InlineAnchoring {
  /** Runs a tick now, after the one that may be under way. */
  tick(): Promise<InlineTick>;
  /** Stops for good; a run under way is abandoned after the segment it is at. The store stays open. */
  stop(): Promise<void>;
}

/**
 * Anchors in this process, without Redis: the first tick at once, then one each interval, sooner after an outage. The
 * process may end while it runs (its timer holds nothing up), and several processes may do the same on one store.
 *
 * @throws SealtrailError `config_invalid`
 */
export function startInlineAnchoring(options: InlineOptions): InlineAnchoring {
  const { store, views, onTick, onAnchor, onSweep, onSeal, onPublish, onDeliver, onAlert = warn } = options;
  const intervalMs = whole('intervalMs', options.intervalMs ?? DEFAULTS.tickMs, 1, MAX_TIMER_MS);
  const concurrency = whole('concurrency', options.concurrency ?? 1, 1, 64);
  const lasting = lastingOutages((alert) => events.onAlert(alert), intervalMs);
  const hooks = { onTick, onAnchor, onSweep, onSeal, onPublish, onDeliver, onAlert };
  const events: AnchoringEvents = tellAll([hooks, lasting], reportFault);
  const context: AnchoringContext = {
    store,
    maxSegment: whole('maxSegment', options.maxSegment ?? DEFAULTS.maxSegment, 1, MAX_SEGMENT_ENTRIES),
    maxDelayMs: whole('maxDelayMs', options.maxDelayMs ?? DEFAULTS.maxDelayMs, 0, Number.MAX_SAFE_INTEGER),
    events,
  };
  const log = new Log(store);
  const sweep = views === undefined ? undefined : { views, log, events };
  const seal = options.seal === false ? undefined : { sealer: new Sealer(store), events };
  const { publisher } = options;
  const publish = publisher && { publisher, events };
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let outages = 0;

  const tick = (): Promise<InlineTick> => {
    const next = last.then(() =>
      inlineTick(context, { concurrency, sweep, seal, publish, signal: stopping.signal }),
    );
    // A tick throws nothing, unless there is a fault in this package; then the ones after it still run.
    last = next.catch(() => {});
    return next;
  };
  const loop = async (): Promise<void> => {
    let delay = intervalMs;
    try {
      const { tick: found, outcomes, sweep: swept } = await tick();
      const outage = found.outcome === 'outage' || outcomes.outage > 0 || swept?.outcome === 'outage';
      outages = outage ? outages + 1 : 0;
      if (outage) delay = Math.min(retryDelayMs(outages), intervalMs);
    } catch (fault) {
      reportFault(fault);
    }
    if (stopping.signal.aborted) return;
    timer = setTimeout(loop, delay);
    timer.unref();
  };
  void loop();

  return {
    tick,
    stop: async () => {
      stopping.abort(new Error('anchoring was stopped'));
      clearTimeout(timer);
      await last;
      await log.close();
    },
  };
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new SealtrailError('config_invalid', `${name} is a whole number from ${least} to ${most}`);
}

function reportFault(fault: unknown): void {
  process.emitWarning(`Sealtrail anchoring: ${String(fault)}`, 'SealtrailWarning');
}

/** An alert without a receiver must not be lost. */
function warn({ code, message }: Alert): void {
  process.emitWarning(message, { type: 'SealtrailAlert', code });
}
