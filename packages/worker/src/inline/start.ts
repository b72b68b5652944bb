import { parseOptions } from '@sealtrail/format';
import { Log, Sealer } from '@sealtrail/store';
import { type Alert, type AnchoringEvents, tellAll } from '../anchoring/events.ts';
import { lastingOutages } from '../anchoring/lasting-outage.ts';
import { retryDelayMs } from '../anchoring/retry.ts';
import type { AnchoringContext } from '../anchoring/run-anchor.ts';
import { overdueDeliveries } from '../publishing/overdue.ts';
import { type InlineTick, inlineTick } from './inline-tick.ts';
import { type InlineOptions, inlineSchema } from './options.ts';

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
  const given = parseOptions('startInlineAnchoring', inlineSchema, options);
  const { store, intervalMs, maxSegment, maxDelayMs, views, seal: seals, publisher, concurrency } = given;
  const { onTick, onAnchor, onSweep, onSeal, onPublish, onDeliver, onAlert = warn } = options;
  const raise = (alert: Alert): void => void events.onAlert(alert);
  const own = [lastingOutages(raise, intervalMs), overdueDeliveries(raise, given.sinkPatienceMs)];
  const hooks = { onTick, onAnchor, onSweep, onSeal, onPublish, onDeliver, onAlert };
  const events: AnchoringEvents = tellAll([hooks, ...own], reportFault);
  const context: AnchoringContext = { store, maxSegment, maxDelayMs, events };
  const log = new Log(store);
  const sweep = views === undefined ? undefined : { views, log, events };
  const seal = seals ? { sealer: new Sealer(store), events } : undefined;
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

function reportFault(fault: unknown): void {
  process.emitWarning(`Sealtrail anchoring: ${String(fault)}`, 'SealtrailWarning');
}

/** An alert without a receiver must not be lost. */
function warn({ code, message }: Alert): void {
  process.emitWarning(message, { type: 'SealtrailAlert', code });
}
