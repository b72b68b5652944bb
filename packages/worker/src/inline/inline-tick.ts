import { type AnchoringContext, type AnchorOutcome, runAnchor } from '../anchoring/run-anchor.ts';
import { runTick, type TickRun } from '../anchoring/run-tick.ts';
import { runSweep, type SweepContext, type SweepRun } from '../expiry/run-sweep.ts';
import {
  type DeliverRun,
  type PublishContext,
  type PublishRun,
  runDeliver,
  runPublish,
} from '../publishing/run-publish.ts';
import { runSeal, type SealContext, type SealRun } from '../sealing/run-seal.ts';

/** A tick and the anchoring that it asked for, done in this process. */
export interface InlineTick {
  readonly tick: TickRun;
  /** How many tenants came to each outcome. */
  readonly outcomes: Readonly<Record<AnchorOutcome, number>>;
  /** What the look for proposals whose time is up came to, if there was one. */
  readonly sweep?: SweepRun;
  /** What the attempt at a seal came to, if there was one. */
  readonly seal?: SealRun;
  /** What publishing came to, and bringing it to the sinks that waited, if that was asked for. */
  readonly publish?: PublishRun;
  readonly deliveries?: readonly DeliverRun[];
}

/** Sweeps, anchors every tenant that needs it, a few at a time, and seals. One that is broken does not hold up the others. */
export async function inlineTick(
  context: AnchoringContext,
  options: {
    readonly concurrency: number;
    readonly sweep?: SweepContext | undefined;
    readonly seal?: SealContext | undefined;
    readonly publish?: PublishContext | undefined;
    readonly signal?: AbortSignal;
  },
): Promise<InlineTick> {
  const { concurrency, sweep, seal, publish, signal } = options;
  // First, so that what expires now is anchored with the rest.
  const swept = sweep === undefined ? {} : { sweep: await runSweep(sweep, signal) };
  const waiting: string[] = [];
  // Anchoring begins when the search is over: a store's cursor is not kept open while its log changes.
  const tick = await runTick(
    context,
    (found) => {
      for (const { tenant } of found) waiting.push(tenant);
    },
    signal,
  );
  const outcomes: Record<AnchorOutcome, number> = {
    anchored: 0,
    nothing: 0,
    broken: 0,
    outage: 0,
    abandoned: 0,
    failed: 0,
  };
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < waiting.length && signal?.aborted !== true) {
      const tenant = waiting[next++] as string;
      const { outcome, more } = await runAnchor(context, tenant, signal);
      // Behind the others.
      if (more) waiting.push(tenant);
      else outcomes[outcome]++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  // Last, so that the new anchors are under it.
  const sealed = seal === undefined ? {} : { seal: await runSeal(seal, signal) };
  const published = publish === undefined ? {} : await publishAll(publish, signal);
  return { tick, outcomes, ...swept, ...sealed, ...published };
}

async function publishAll(
  context: PublishContext,
  signal: AbortSignal | undefined,
): Promise<Required<Pick<InlineTick, 'publish' | 'deliveries'>>> {
  const publish = await runPublish(context, signal);
  const deliveries = await Promise.all(publish.waiting.map((sink) => runDeliver(context, sink, signal)));
  return { publish, deliveries };
}
