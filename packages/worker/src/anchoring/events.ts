import type { SweepRun } from '../expiry/run-sweep.ts';
import type { DeliverRun, PublishRun } from '../publishing/run-publish.ts';
import type { SealRun } from '../sealing/run-seal.ts';
import type { AnchorRun } from './run-anchor.ts';
import type { TickRun } from './run-tick.ts';

/**
 * Something that a person must look at, because no retry will mend it. The first two are the store's refusals: what
 * should be anchored does not verify. The last three are about a sink that takes nothing, about workers of another store,
 * and about retries that went on for too long. With the others the work itself failed in an unexpected way.
 */
export const ALERT_CODES = [
  'segment_broken',
  'log_broken',
  'anchor_failed',
  'tick_failed',
  'sweep_failed',
  'seal_refused',
  'seal_failed',
  'store_set_back',
  'publish_refused',
  'publish_failed',
  'delivery_refused',
  'delivery_failed',
  'delivery_overdue',
  'prefix_shared',
  'outage_lasts',
] as const;
export type AlertCode = (typeof ALERT_CODES)[number];

export interface Alert {
  readonly code: AlertCode;
  /** The tenant whose log it is about; null for a tick or a sweep. */
  readonly tenant: string | null;
  readonly message: string;
  /** Plain JSON for logs: the first findings, or the error's code. Never sealed values. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What anchoring tells of itself: to logs, metrics and the operator's hook. */
export interface AnchoringEvents {
  onTick(run: TickRun): void;
  onAnchor(run: AnchorRun): void;
  onSweep(run: SweepRun): void;
  onSeal(run: SealRun): void;
  onPublish(run: PublishRun): void;
  onDeliver(run: DeliverRun): void;
  /**
   * Comes again with every tick for as long as the cause lasts, so a worker that is killed loses none for good. What the
   * receiver does is not waited for.
   */
  onAlert(alert: Alert): void | Promise<void>;
}

/** A listener to some of it. */
export type AnchoringHooks = {
  readonly [Event in keyof AnchoringEvents]?: AnchoringEvents[Event] | undefined;
};

/** Tells several listeners. One that fails is reported and disturbs neither the others nor anchoring. */
export function tellAll(
  listeners: readonly AnchoringHooks[],
  onFault: (fault: unknown) => void,
): AnchoringEvents {
  const tell = (call: (listener: AnchoringHooks) => void | Promise<void>): void => {
    for (const listener of listeners) {
      // The async function turns what a listener throws at once into a rejection, too.
      (async () => call(listener))().catch(onFault);
    }
  };
  return {
    onTick: (run) => tell((listener) => listener.onTick?.(run)),
    onAnchor: (run) => tell((listener) => listener.onAnchor?.(run)),
    onSweep: (run) => tell((listener) => listener.onSweep?.(run)),
    onSeal: (run) => tell((listener) => listener.onSeal?.(run)),
    onPublish: (run) => tell((listener) => listener.onPublish?.(run)),
    onDeliver: (run) => tell((listener) => listener.onDeliver?.(run)),
    onAlert: (alert) => tell((listener) => listener.onAlert?.(alert)),
  };
}
