import { closeAll, Log, openStore, Sealer } from '@sealtrail/store';
import { indexBeside, openViews } from '@sealtrail/views';
import { type AnchoringEvents, tellAll } from '../anchoring/events.ts';
import type { OnceConfig } from '../config/schema.ts';
import { secretsOfConfig } from '../config/secrets.ts';
import { inlineTick } from '../inline/inline-tick.ts';
import { logEvents } from '../observe/log-events.ts';
import { createLogger, redacting } from '../observe/logger.ts';
import { openPublisher } from '../publishing/open-publisher.ts';
import { overdueDeliveries } from '../publishing/overdue.ts';

/** Runs one tick in this process and says how it ended: 0 well, 1 a log is broken, 2 not everything could be looked at. */
export async function runOnce(config: OnceConfig): Promise<0 | 1 | 2> {
  const logger = redacting(createLogger(config.logLevel), secretsOfConfig(config));
  const overdue = overdueDeliveries((alert) => events.onAlert(alert), config.sinkPatienceMs);
  const events: AnchoringEvents = tellAll([logEvents(logger), overdue], (fault) =>
    logger.error({ fault }, 'a listener failed'),
  );
  const store = await openStore(config.store, { create: false });
  const log = new Log(store);
  let publisher: Awaited<ReturnType<typeof openPublisher>>;
  let views: Awaited<ReturnType<typeof openViews>> | undefined;
  try {
    const { maxSegment, maxDelayMs, concurrency, sweepMs, sealMs } = config;
    if (sweepMs > 0) views = await openViews({ store, index: config.index ?? indexBeside(config.store) });
    const sweep = views && { views, log, events };
    const seal = sealMs > 0 ? { sealer: new Sealer(store), events } : undefined;
    publisher = config.publishMs > 0 ? await openPublisher(config, store, process.env) : undefined;
    const publish = publisher && { publisher, events };
    const context = { store, maxSegment, maxDelayMs, events };
    const {
      tick,
      outcomes,
      sweep: swept,
      seal: sealed,
      publish: published,
      deliveries = [],
    } = await inlineTick(context, { concurrency, sweep, seal, publish });
    logger.info(
      {
        tenants: tick.tenants,
        outcomes,
        expired: swept?.expired,
        unreadable: swept?.broken,
        seal: sealed?.number,
        refused: sealed?.refused,
        checkpoint: published?.size,
      },
      'one tick is over',
    );
    const runs = [swept, sealed, published, ...deliveries];
    const broken = outcomes.broken + (swept?.broken ?? 0) + (sealed?.refused ?? 0);
    if (broken > 0 || runs.some((run) => run?.outcome === 'broken')) return 1;
    const whole = tick.outcome === 'done' && runs.every((run) => run?.error === undefined);
    return whole && outcomes.outage + outcomes.abandoned + outcomes.failed === 0 ? 0 : 2;
  } finally {
    await closeAll([() => publisher?.close(), () => views?.close(), () => log.close(), () => store.close()]);
  }
}
