import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ALERT_CODES, type AnchoringEvents } from '../anchoring/events.ts';
import { valueWithin } from '../within.ts';
import type { LastTick } from './last-tick.ts';

/** How long the state of the sinks is waited for when metrics are scraped, in milliseconds. */
const SINKS_MS = 2_000;

/** The worker's metrics, in a registry of their own. No label names a tenant: there may be very many. */
export class Metrics {
  readonly #registry = new Registry();
  readonly events: AnchoringEvents;

  /** @param lastTick the last tick of any worker, looked up when metrics are scraped */
  constructor(lastTick: () => Promise<LastTick | undefined>) {
    const registers = [this.#registry];
    const jobs = new Counter({
      name: 'sealtrail_jobs_total',
      help: 'Jobs run by this worker, by job (tick, anchor, sweep, seal, publish, deliver) and outcome.',
      labelNames: ['job', 'outcome'] as const,
      registers,
    });
    const anchors = new Counter({
      name: 'sealtrail_anchors_total',
      help: 'Anchors added by this worker.',
      registers,
    });
    const entries = new Counter({
      name: 'sealtrail_anchored_entries_total',
      help: 'Entries put under an anchor by this worker.',
      registers,
    });
    const expired = new Counter({
      name: 'sealtrail_expired_proposals_total',
      help: 'Proposals that this worker recorded as expired.',
      registers,
    });
    const alerts = new Counter({
      name: 'sealtrail_alerts_total',
      help: 'Alerts raised by this worker: a person must look. Repeated with each tick while the cause lasts.',
      labelNames: ['code'] as const,
      registers,
    });
    // From zero on, so that the first alert is an increase.
    for (const code of ALERT_CODES) alerts.inc({ code }, 0);
    const duration = new Histogram({
      name: 'sealtrail_job_duration_seconds',
      help: 'How long jobs took, by job (tick, anchor, sweep, seal, publish, deliver).',
      labelNames: ['job'] as const,
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
      registers,
    });
    this.#addGauges(lastTick);
    this.events = {
      onTick: (run) => {
        jobs.inc({ job: 'tick', outcome: run.outcome });
        duration.observe({ job: 'tick' }, run.durationMs / 1_000);
      },
      onAnchor: (run) => {
        jobs.inc({ job: 'anchor', outcome: run.outcome });
        duration.observe({ job: 'anchor' }, run.durationMs / 1_000);
        anchors.inc(run.anchors);
        entries.inc(run.entries);
      },
      onSweep: (run) => {
        jobs.inc({ job: 'sweep', outcome: run.outcome });
        duration.observe({ job: 'sweep' }, run.durationMs / 1_000);
        expired.inc(run.expired);
      },
      onSeal: (run) => {
        jobs.inc({ job: 'seal', outcome: run.outcome });
        duration.observe({ job: 'seal' }, run.durationMs / 1_000);
      },
      onPublish: (run) => {
        jobs.inc({ job: 'publish', outcome: run.outcome });
        duration.observe({ job: 'publish' }, run.durationMs / 1_000);
      },
      onDeliver: (run) => {
        jobs.inc({ job: 'deliver', outcome: run.outcome });
        duration.observe({ job: 'deliver' }, run.durationMs / 1_000);
      },
      onAlert: ({ code }) => alerts.inc({ code }),
    };
  }

  #addGauges(lastTick: () => Promise<LastTick | undefined>): void {
    const gauge = (name: string, help: string, read: (tick: LastTick) => number): void => {
      new Gauge({
        name,
        help,
        registers: [this.#registry],
        async collect() {
          const tick = await lastTick();
          // Without a tick there is no sample, rather than a zero that looks like good news.
          this.remove();
          if (tick !== undefined) this.set(read(tick));
        },
      });
    };
    gauge(
      'sealtrail_tick_age_seconds',
      'Time since the last tick of any worker that was done.',
      ({ endedAt }) => Math.max(0, Date.now() - endedAt) / 1_000,
    );
    gauge(
      'sealtrail_unanchored_entries',
      'Entries without an anchor, of all tenants, as the last tick found them.',
      ({ entries }) => entries,
    );
    gauge('sealtrail_unanchored_tenants', 'Tenants with such entries.', ({ tenants }) => tenants);
  }

  /** How many checkpoints each sink has not got; sinks are few, and named by the operator. */
  watchSinks(sinks: () => Promise<readonly { readonly name: string; readonly outstanding: number }[]>): void {
    let asked: ReturnType<typeof sinks> | undefined;
    new Gauge({
      name: 'sealtrail_outstanding_checkpoints',
      help: 'Checkpoints that a sink has not got yet.',
      labelNames: ['sink'] as const,
      registers: [this.#registry],
      async collect() {
        // One question at a time: whoever signs may hold the publisher's database for long, and scrapes come again and again.
        asked ??= sinks().finally(() => {
          asked = undefined;
        });
        const found = await valueWithin(SINKS_MS, asked);
        // Without an answer there is no sample, and all other metrics are there as ever.
        this.reset();
        for (const { name, outstanding } of found ?? []) this.set({ sink: name }, outstanding);
      },
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
