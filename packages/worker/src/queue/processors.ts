import { DelayedError, type Job, type Processor, type Queue, UnrecoverableError, WaitingError } from 'bullmq';
import { type AnchoringContext, type AnchorRun, runAnchor } from '../anchoring/run-anchor.ts';
import { runTick } from '../anchoring/run-tick.ts';
import { hide } from '../config/secrets.ts';
import { runSweep, type SweepContext } from '../expiry/run-sweep.ts';
import { type PublishContext, runDeliver, runPublish } from '../publishing/run-publish.ts';
import { runSeal, type SealContext } from '../sealing/run-seal.ts';
import type { Active } from './active.ts';
import { Asked } from './asked.ts';
import {
  type AnchorJob,
  type DeliverJob,
  type PublishJobResult,
  readAnchorJob,
  readDeliverJob,
  type SealJobResult,
  type SweepResult,
  type TickResult,
} from './jobs.ts';

export interface ProcessorParts {
  readonly context: AnchoringContext;
  readonly active: Active;
  /** Aborted when the worker must stop now. */
  readonly signal: AbortSignal;
  /** A job's error is stored in Redis: these must not get there. */
  readonly secrets: readonly string[];
}

/** A tick: one anchor job for every tenant that needs one. A job that exists already is left as it is. */
export function tickProcessor(
  parts: ProcessorParts,
  anchors: Queue<AnchorJob>,
): Processor<object, TickResult> {
  const { context, active, signal, secrets } = parts;
  const asked = new Asked(anchors);
  return async () => {
    asked.begin();
    const run = await active.run(
      runTick(
        context,
        (found) => asked.add(found.map(({ tenant }) => ({ id: tenant, data: { tenant } }))),
        signal,
      ),
    );
    if (run.outcome !== 'done') throw new UnrecoverableError(reason(run.error, secrets));
    return { tenants: run.tenants, entries: run.entries };
  };
}

/**
 * A tenant's share of anchoring; with more to do, the same job goes behind all that wait, in one step of Redis, so that no crash loses
 * it. Delivered twice, or taken over from a worker that died, it does what is left to do.
 */
export function anchorProcessor(
  parts: ProcessorParts,
): Processor<unknown, Pick<AnchorRun, 'anchors' | 'entries'>> {
  const { context, active, signal, secrets } = parts;
  return async (job, token) => {
    const { tenant } = readAnchorJob(job.data);
    const run = await active.run(runAnchor(context, tenant, signal));
    switch (run.outcome) {
      case 'anchored':
      case 'nothing':
        if (!run.more) return { anchors: run.anchors, entries: run.entries };
        // Whoever asks for the next job puts those that are due behind the others; to wait at once would be to be the next.
        await job.moveToDelayed(Date.now(), token);
        throw new DelayedError();
      case 'outage':
        throw new Error(reason(run.error, secrets));
      case 'abandoned':
        return giveBack(job, token);
      default:
        throw new UnrecoverableError(reason(run.error, secrets));
    }
  };
}

/** A sweep: what it did not come to, the next one finds. */
export function sweepProcessor(
  { active, signal, secrets }: Omit<ProcessorParts, 'context'>,
  context: SweepContext,
): Processor<object, SweepResult> {
  return async () => {
    const run = await active.run(runSweep(context, signal));
    if (run.outcome !== 'done') throw new UnrecoverableError(reason(run.error, secrets));
    return { expired: run.expired, decided: run.decided };
  };
}

/** A seal; one that failed is made up for by the next. */
export function sealProcessor(
  { active, signal, secrets }: Omit<ProcessorParts, 'context'>,
  context: SealContext,
): Processor<object, SealJobResult> {
  return async () => {
    const run = await active.run(runSeal(context, signal));
    if (run.error !== undefined) throw new UnrecoverableError(reason(run.error, secrets));
    return { number: run.number, changed: run.changed };
  };
}

/** A checkpoint, then one job for every sink that has not got it. */
export function publishProcessor(
  { active, signal, secrets }: Omit<ProcessorParts, 'context'>,
  context: PublishContext,
  deliveries: Queue<DeliverJob>,
): Processor<object, PublishJobResult> {
  const asked = new Asked(deliveries);
  return async () => {
    asked.begin();
    const run = await active.run(runPublish(context, signal));
    await asked.add(run.waiting.map((sink) => ({ id: sink, data: { sink } })));
    if (run.error !== undefined) throw new UnrecoverableError(reason(run.error, secrets));
    return { size: run.size };
  };
}

/** One sink. What cannot be reached is tried again, later each time. */
export function deliverProcessor(
  { active, signal, secrets }: Omit<ProcessorParts, 'context'>,
  context: PublishContext,
): Processor<unknown, object> {
  return async (job, token) => {
    const { sink } = readDeliverJob(job.data);
    const run = await active.run(runDeliver(context, sink, signal));
    if (run.outcome === 'abandoned') return giveBack(job, token);
    if (run.outcome === 'outage') throw new Error(reason(run.error, secrets));
    if (run.error !== undefined) throw new UnrecoverableError(reason(run.error, secrets));
    return {};
  };
}

/** Back to the queue, for another worker to take at once. */
async function giveBack(job: Job<unknown>, token: string | undefined): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

function reason(error: unknown, secrets: readonly string[]): string {
  return hide(error instanceof Error ? error.message : String(error), secrets);
}
