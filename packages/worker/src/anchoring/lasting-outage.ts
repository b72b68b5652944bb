import type { Alert, AnchoringHooks } from './events.ts';
import type { Failure } from './failure.ts';

/** How long a kind of work meets nothing but outages before a person is told. */
const LASTING_MS = 300_000;
/** That person is told again as often, while it lasts. */
const AGAIN_MS = 60_000;

interface Outage {
  readonly since: number;
  last: number;
  told?: number;
}

/**
 * Notices an outage that does not end by itself, such as a full disk under the store or its index: each try fails as one that could
 * not be reached, and the next one may succeed for all that it knows.
 *
 * @param everyMs the longest time between two tries
 * @param now milliseconds of a clock that is never put back
 */
export function lastingOutages(
  onAlert: (alert: Alert) => void,
  everyMs: number,
  now: () => number = () => performance.now(),
): AnchoringHooks {
  const outages = new Map<string, Outage>();
  const note = (
    work: string,
    { outcome, error }: { readonly outcome: string | Failure; readonly error?: unknown },
    isDone: boolean,
  ): void => {
    if (isDone) outages.delete(work);
    if (outcome !== 'outage') return;
    const time = now();
    let outage = outages.get(work);
    // In between so much time other workers may have done it.
    if (outage === undefined || time - outage.last > LASTING_MS + everyMs)
      outage = { since: time, last: time };
    outages.set(work, outage);
    outage.last = time;
    if (time - outage.since < LASTING_MS || time - (outage.told ?? -AGAIN_MS) < AGAIN_MS) return;
    outage.told = time;
    const minutes = Math.floor((time - outage.since) / 60_000);
    const reason = error instanceof Error ? error.message : String(error);
    const message = `nothing but outages for ${minutes} minutes (${work}): ${reason}`;
    onAlert({ code: 'outage_lasts', tenant: null, message, detail: { work, minutes } });
  };
  return {
    onTick: (run) => note('tick', run, run.outcome === 'done'),
    // A tenant whose entries may still wait needs nothing that can be refused, also where the disk is full.
    onAnchor: (run) => note('anchor', run, run.anchors > 0),
    onSweep: (run) => note('sweep', run, run.outcome === 'done'),
    onSeal: (run) => note('seal', run, run.outcome === 'sealed' || run.outcome === 'idle'),
  };
}
