import { Queue, type Worker, type WorkerOptions } from 'bullmq';
import { isOutage } from '../anchoring/failure.ts';
import { retryDelayMs } from '../anchoring/retry.ts';
import type { CompleteConfig } from '../config/schema.ts';
import type { SweepContext } from '../expiry/run-sweep.ts';
import type { Logger } from '../observe/logger.ts';
import { Seldom } from '../observe/seldom.ts';
import type { PublishContext } from '../publishing/run-publish.ts';
import type { SealContext } from '../sealing/run-seal.ts';
import { within } from '../within.ts';
import { Active } from './active.ts';
import type { Connection } from './connection.ts';
import {
  ANCHOR_QUEUE,
  type AnchorJob,
  DELIVER_QUEUE,
  type DeliverJob,
  ForeignJobError,
  KEEP_ANCHORS,
  KEEP_TICKS,
  PUBLISH_QUEUE,
  SEAL_QUEUE,
  SWEEP_QUEUE,
  TICK_QUEUE,
  type TickResult,
} from './jobs.ts';
import { PatientWorker } from './patient-worker.ts';
import {
  anchorProcessor,
  deliverProcessor,
  type ProcessorParts,
  publishProcessor,
  sealProcessor,
  sweepProcessor,
  tickProcessor,
} from './processors.ts';
import { ensureScheduled, schedule, wakeFuture } from './schedule.ts';

export interface QueueParts extends Pick<ProcessorParts, 'context' | 'secrets'> {
  readonly config: CompleteConfig;
  readonly connection: Connection;
  readonly logger: Logger;
  /** Absent when somebody else looks for proposals whose time is up. */
  readonly sweep: SweepContext | undefined;
  /** Absent when somebody else seals. */
  readonly seal: SealContext | undefined;
  /** Absent when nothing is published. */
  readonly publish: PublishContext | undefined;
}

// For what is left to do in Redis when the work itself is over.
const SETTLE_MS = 3_000;
// An error that lasts is logged as often.
const SAY_AGAIN_MS = 60_000;

/** The queues, with this process as a worker of each. */
export class Queues {
  readonly ticks: Queue<object, TickResult>;
  readonly #anchors: Queue<AnchorJob>;
  /** Work that only a clock asks for, beside the ticks. */
  readonly #periodic: { readonly queue: Queue; readonly everyMs: number }[] = [];
  readonly #workers: Worker[] = [];
  #deliveries: Queue<DeliverJob> | undefined;
  readonly #parts: QueueParts;
  readonly #active = new Active();
  readonly #stopping = new AbortController();
  readonly #watch: NodeJS.Timeout;
  readonly #scheduled = new Set<Queue>();
  #looking = false;
  #lookAgain = false;
  readonly #reported = new Seldom(SAY_AGAIN_MS);

  constructor(parts: QueueParts) {
    this.#parts = parts;
    const { connection, config } = parts;
    const shared = { connection, prefix: config.queuePrefix };
    this.ticks = new Queue(TICK_QUEUE, shared);
    this.#anchors = new Queue(ANCHOR_QUEUE, shared);
    const { sweep, seal, publish } = parts;
    if (sweep !== undefined) {
      this.#periodic.push({ queue: new Queue(SWEEP_QUEUE, shared), everyMs: config.sweepMs });
    }
    if (seal !== undefined) {
      this.#periodic.push({ queue: new Queue(SEAL_QUEUE, shared), everyMs: config.sealMs });
    }
    if (publish !== undefined) {
      this.#periodic.push({ queue: new Queue(PUBLISH_QUEUE, shared), everyMs: config.publishMs });
      this.#deliveries = new Queue(DELIVER_QUEUE, shared);
    }
    for (const queue of this.#all()) queue.on('error', (error) => this.#report(error));
    this.#run();
    // Redis that comes back may have come back empty.
    connection.on('ready', () => void this.#ensureScheduled());
    // As often as the most frequent of them is to come.
    const lookMs = Math.min(config.tickMs, ...this.#periodic.map(({ everyMs }) => everyMs));
    this.#watch = setInterval(() => void this.#ensureScheduled(), lookMs);
    if (connection.status === 'ready') void this.#ensureScheduled();
  }

  #run(): void {
    const { connection, config, context, secrets, logger } = this.#parts;
    const options: WorkerOptions = {
      connection,
      prefix: config.queuePrefix,
      lockDuration: config.takeoverMs,
      stalledInterval: config.takeoverMs / 2,
      settings: { backoffStrategy: (attempts) => retryDelayMs(attempts) },
    };
    const parts = { context, secrets, active: this.#active, signal: this.#stopping.signal };
    this.#workers.push(
      new PatientWorker(TICK_QUEUE, tickProcessor(parts, this.#anchors), { ...options, ...KEEP_TICKS }),
      new PatientWorker(ANCHOR_QUEUE, anchorProcessor(parts), {
        ...options,
        ...KEEP_ANCHORS,
        concurrency: config.concurrency,
      }),
    );
    const { sweep, seal, publish } = this.#parts;
    const periodic = { ...options, ...KEEP_TICKS };
    if (sweep !== undefined)
      this.#workers.push(new PatientWorker(SWEEP_QUEUE, sweepProcessor(parts, sweep), periodic));
    if (seal !== undefined)
      this.#workers.push(new PatientWorker(SEAL_QUEUE, sealProcessor(parts, seal), periodic));
    if (publish !== undefined && this.#deliveries !== undefined) {
      const retried = { ...options, ...KEEP_ANCHORS, concurrency: config.concurrency };
      this.#workers.push(
        new PatientWorker(PUBLISH_QUEUE, publishProcessor(parts, publish, this.#deliveries), periodic),
        new PatientWorker(DELIVER_QUEUE, deliverProcessor(parts, publish), retried),
      );
    }
    for (const worker of this.#workers) {
      worker.on('error', (error) => this.#report(error));
      worker.on('stalled', (job) => {
        logger.warn({ queue: worker.name, job }, 'a worker died or hung; its job is taken over');
      });
      worker.on('failed', (job, error) => {
        const fields = { queue: worker.name, job: job?.id };
        // Whoever puts one there may put there many.
        if (error instanceof ForeignJobError && this.#reported.due(`foreign in ${worker.name}`))
          logger.warn(fields, error.message);
        logger.debug({ ...fields, attempts: job?.attemptsMade, reason: error.message }, 'job failed');
      });
    }
  }

  #all(): Queue[] {
    const deliveries = this.#deliveries === undefined ? [] : [this.#deliveries];
    return [this.ticks, this.#anchors, ...this.#periodic.map(({ queue }) => queue), ...deliveries];
  }

  /**
   * One look at a time, and one more after it for all that were asked for meanwhile: while Redis says nothing, they would pile up, and
   * all of them find that something is gone.
   */
  async #ensureScheduled(): Promise<void> {
    this.#lookAgain = true;
    if (this.#looking) return;
    this.#looking = true;
    while (this.#lookAgain) {
      this.#lookAgain = false;
      await this.#look();
    }
    this.#looking = false;
  }

  async #look(): Promise<void> {
    const { config } = this.#parts;
    await this.#ensure(this.ticks, config.tickMs);
    for (const { queue, everyMs } of this.#periodic) await this.#ensure(queue, everyMs);
    await this.#wake(this.#anchors);
    if (this.#deliveries !== undefined) await this.#wake(this.#deliveries);
  }

  async #wake(queue: Queue): Promise<void> {
    const { logger, connection } = this.#parts;
    if (connection.status !== 'ready' || this.#stopping.signal.aborted) return;
    try {
      const jobs = await wakeFuture(queue, connection);
      if (jobs > 0) logger.warn({ queue: queue.name, jobs }, 'the clock was put back; retries are made now');
    } catch (error) {
      this.#report(error);
    }
  }

  async #ensure(queue: Queue, everyMs: number): Promise<void> {
    const { logger, connection } = this.#parts;
    if (connection.status !== 'ready' || this.#stopping.signal.aborted) return;
    try {
      if (!this.#scheduled.has(queue)) {
        await schedule(queue, everyMs);
        this.#scheduled.add(queue);
      } else if (await ensureScheduled(queue, everyMs)) {
        logger.warn(
          { queue: queue.name },
          'the schedule was gone or stood still, and was put in place again',
        );
      }
    } catch (error) {
      this.#report(error);
    }
  }

  /** Errors outside a job. That Redis is away was said already, when it went; it says the rest to every connection. */
  #report(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const told = isOutage(error) || !this.#reported.due(reason);
    this.#parts.logger[told ? 'debug' : 'warn']({ reason }, 'queue error');
  }

  /**
   * Takes no more jobs and waits for those under way; when the grace time is over they are abandoned after the segment they
   * are at. Ends also while Redis is away: then its jobs are taken over when their locks run out.
   */
  async close(): Promise<void> {
    const { config, logger, connection } = this.#parts;
    clearInterval(this.#watch);
    const closed = Promise.allSettled(this.#workers.map((worker) => worker.close()));
    if (!(await within(config.graceMs, this.#active.settled()))) {
      logger.warn({ grace_ms: config.graceMs }, 'the grace time is over; anchoring under way is abandoned');
    }
    this.#stopping.abort(new Error('the worker is stopping'));
    // Work that does not end, since the store does not answer, keeps its queue open as well: that is waited for once.
    const settleMs = (await within(SETTLE_MS, this.#active.settled())) ? SETTLE_MS : 0;
    if (!(await within(settleMs, closed))) {
      logger.warn({}, 'Redis was not told of everything before the end');
    }
    connection.disconnectAll();
    // Only now, without Redis, BullMQ's loops and timers come to their end.
    await within(settleMs, Promise.allSettled([closed, ...this.#all().map((queue) => queue.close())]));
  }
}
