import { openStore } from '@sealtrail/store';
import { tellAll } from '../anchoring/events.ts';
import type { OnceConfig } from '../config/schema.ts';
import { secretsOf } from '../config/secrets.ts';
import { inlineTick } from '../inline/inline-tick.ts';
import { logEvents } from '../observe/log-events.ts';
import { createLogger, redacting } from '../observe/logger.ts';

/** Runs one tick in this process and says how it ended: 0 well, 1 a log is broken, 2 not everything could be looked at. */
export async function runOnce(config: OnceConfig): Promise<0 | 1 | 2> {
  const logger = redacting(createLogger(config.logLevel), secretsOf(config.store, config.redisUrl));
  const events = tellAll([logEvents(logger)], (fault) => logger.error({ fault }, 'a listener failed'));
  const store = await openStore(config.store, { create: false });
  try {
    const { maxSegment, maxDelayMs, concurrency } = config;
    const { tick, outcomes } = await inlineTick({ store, maxSegment, maxDelayMs, events }, { concurrency });
    logger.info({ tenants: tick.tenants, outcomes }, 'one tick is over');
    if (outcomes.broken > 0) return 1;
    return tick.outcome === 'done' && outcomes.outage + outcomes.abandoned + outcomes.failed === 0 ? 0 : 2;
  } finally {
    await store.close();
  }
}
