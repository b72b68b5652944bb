import type { Alert, AnchoringHooks } from './events.ts';
import type { Failure } from './failure.ts';
import { LONGEST_DELAY_MS } from './retry.ts';

/** How long a kind of work meets nothing but outages before a person is told. */
const LASTING_MS = 300_000;
/** That person is told again as often, while it lasts. */
const AGAIN_MS = 60_000;

interface Run {
  readonly outcome: string | Failure;
  readonly error?: unknown;
}

/**
 * Notices an outage that does not end by itself, such as a full disk under the store or its index: each try fails as one that could
 * not be reached, and the next one may succeed for all that it knows. So it is with some tenants alone, whose shard is away, while all
 * others are anchored.
 *
 * @param everyMs the longest time between two tries
 * @param now milliseconds of a clock that is never put back
 */
export function lastingOutages(
  onAlert: (alert: Alert) => void,
  everyMs: number,
  now: () => number = () => performance.now(),
): AnchoringHooks {
  const works = new Outages(LASTING_MS + everyMs);
  // Each is tried again much sooner, and most of what becomes of it other workers see.
  const tenants = new Outages(2 * LONGEST_DELAY_MS + everyMs);
  const told = new Map<string, number>();
  const note = (outages: Outages, work: string, tenant: string | null, run: Run, isDone: boolean): void => {
    const key = tenant ?? work;
    if (isDone) outages.end(key);
    if (run.outcome !== 'outage') return;
    const time = now();
    const lasts = outages.meet(key, time);
    if (lasts < LASTING_MS || time - (told.get(work) ?? -AGAIN_MS) < AGAIN_MS) return;
    told.set(work, time);
    const minutes = Math.floor(lasts / 60_000);
    const reason = run.error instanceof Error ? run.error.message : String(run.error);
    const which = tenant === null ? work : `${work} of ${tenant}`;
    const message = `nothing but outages for ${minutes} minutes (${which}): ${reason}`;
    const counted = tenant === null ? {} : { tenants: outages.lasting(time) };
    onAlert({ code: 'outage_lasts', tenant, message, detail: { work, minutes, ...counted } });
  };
  return {
    onTick: (run) => note(works, 'tick', null, run, run.outcome === 'done'),
    onAnchor: (run) => {
      // A tenant whose entries may still wait needs nothing that can be refused, also where the disk is full.
      note(works, 'anchor', null, run, run.anchors > 0);
      note(tenants, 'anchor', run.tenant, run, run.anchors > 0 || run.outcome === 'nothing');
    },
    onSweep: (run) => note(works, 'sweep', null, run, run.outcome === 'done'),
    onSeal: (run) => note(works, 'seal', null, run, run.outcome === 'sealed' || run.outcome === 'idle'),
    onPublish: (run) =>
      note(works, 'publish', null, run, run.outcome === 'published' || run.outcome === 'idle'),
  };
}

/** Since when each thing has met nothing but outages. */
class Outages {
  /** Those met last come last. */
  readonly #met = new Map<string, { readonly since: number; readonly last: number }>();
  readonly #forgetMs: number;

  /** @param forgetMs in between so much time other workers may have done it */
  constructor(forgetMs: number) {
    this.#forgetMs = forgetMs;
  }

  /** @returns for how long it lasts */
  meet(key: string, time: number): number {
    for (const [other, { last }] of this.#met) {
      if (time - last <= this.#forgetMs) break;
      this.#met.delete(other);
    }
    const since = this.#met.get(key)?.since ?? time;
    this.#met.delete(key);
    this.#met.set(key, { since, last: time });
    return time - since;
  }

  end(key: string): void {
    this.#met.delete(key);
  }

  /** How many of them last. */
  lasting(time: number): number {
    return [...this.#met.values()].filter(({ since }) => time - since >= LASTING_MS).length;
  }
}
