import { SealtrailError } from '@sealtrail/format';
import { closeAll, Log, openStore, Sealer, type Store } from '@sealtrail/store';
import { indexBeside, openViews } from '@sealtrail/views';
import { type Alert, type AnchoringEvents, tellAll } from './anchoring/events.ts';
import { lastingOutages } from './anchoring/lasting-outage.ts';
import type { AnchoringContext } from './anchoring/run-anchor.ts';
import { completeConfig } from './config/read-config.ts';
import type { CompleteConfig, WorkerConfig } from './config/schema.ts';
import { redactLocation, secretsOfConfig } from './config/secrets.ts';
import type { SweepContext } from './expiry/run-sweep.ts';
import { addressOf, json, type Routes, serve, stopServing, text } from './observe/http.ts';
import { type LastTick, TickMemory } from './observe/last-tick.ts';
import { logEvents } from './observe/log-events.ts';
import { createLogger, type Logger, redacting } from './observe/logger.ts';
import { Metrics } from './observe/metrics.ts';
import { ReadinessCheck } from './observe/readiness.ts';
import { openPublisher } from './publishing/open-publisher.ts';
import { overdueDeliveries } from './publishing/overdue.ts';
import { Claim } from './queue/claim.ts';
import { connect } from './queue/connection.ts';
import { Queues } from './queue/queues.ts';
import { lookUpLastTick } from './queue/schedule.ts';

export interface WorkerOptions {
  /** A store that is open already. It stays the caller's to close. */
  readonly store?: Store | undefined;
  /** Default: lines of JSON on standard output. */
  readonly logger?: Logger | undefined;
  /** Called for what a person must look at, again with each tick while the cause lasts. */
  readonly onAlert?: ((alert: Alert) => void | Promise<void>) | undefined;
}

export interface Started {
  /** Where health and metrics listen. */
  readonly http: { readonly host: string; readonly port: number };
}

export interface AnchoringWorker {
  /**
   * Opens the store and begins. Redis need not be there yet: the worker waits for it.
   *
   * @throws SealtrailError what `openStore` throws, `store_closed` when it is closed before the store is open, `config_invalid` when
   *   workers of another store use its prefix in Redis; the error of a port that is taken
   */
  start(): Promise<Started>;
  /**
   * Stops as after SIGTERM: see `graceMs`. May be called at any time, and more than once. A store that is still being opened is not
   * waited for, and closed once it is open.
   */
  close(): Promise<void>;
}

/**
 * A worker that anchors a store's logs on a schedule, together with any number of others on the same Redis and prefix.
 *
 * @throws SealtrailError `config_invalid`
 */
export function createWorker(config: WorkerConfig, options: WorkerOptions = {}): AnchoringWorker {
  const complete = completeConfig(config);
  const cleanups: (() => Promise<void>)[] = [];
  let starting: Promise<Started> | undefined;
  let closing: Promise<void> | undefined;
  const closed = new AbortController();
  const cleanUp = (): Promise<void> => closeAll(cleanups.splice(0).reverse());
  return {
    start: async () => {
      if (closing !== undefined)
        throw new SealtrailError('config_invalid', 'a worker that was closed is not started again');
      starting ??= run(complete, options, cleanups, closed.signal).catch(async (error) => {
        await cleanUp();
        throw error;
      });
      return starting;
    },
    close: () => {
      closed.abort(new SealtrailError('store_closed', 'the worker was closed before its store was open'));
      closing ??= Promise.allSettled([starting]).then(cleanUp);
      return closing;
    },
  };
}

/** Starts the parts one after the other; `cleanups` gets how to stop each, in the order of starting. */
async function run(
  config: CompleteConfig,
  options: WorkerOptions,
  cleanups: (() => Promise<void>)[],
  closed: AbortSignal,
): Promise<Started> {
  const secrets = secretsOfConfig(config);
  const logger = redacting(options.logger ?? createLogger(config.logLevel), secrets);

  const store =
    options.store ?? (await unlessClosed(closed, () => openStore(config.store, { create: false })));
  if (options.store === undefined) cleanups.push(() => store.close());

  // Redis is asked once the queues are there; until then nothing is known.
  let lookUp = async (): Promise<LastTick | undefined> => undefined;
  const ticks = new TickMemory(() => lookUp());
  const metrics = new Metrics(() => ticks.last());
  const { maxSegment, maxDelayMs, tickMs, sweepMs, sealMs, publishMs, sinkPatienceMs } = config;
  const everyMs = Math.max(tickMs, sweepMs, sealMs, publishMs);
  const raise = (alert: Alert): void => void events.onAlert(alert);
  const own = [lastingOutages(raise, everyMs), overdueDeliveries(raise, sinkPatienceMs)];
  const events: AnchoringEvents = tellAll(
    [logEvents(logger), metrics.events, { onAlert: options.onAlert }, ...own],
    (fault) => logger.error({ fault }, 'a listener failed'),
  );
  const context: AnchoringContext = { store, maxSegment, maxDelayMs, events };

  let sweep: SweepContext | undefined;
  if (sweepMs > 0) {
    const index = config.index ?? indexBeside(config.store);
    const views = await unlessClosed(closed, () => openViews({ store, index }));
    cleanups.push(() => views.close());
    const log = new Log(store);
    cleanups.push(() => log.close());
    sweep = { views, log, events };
  }

  const seal = sealMs > 0 ? { sealer: new Sealer(store), events } : undefined;

  const publisher = config.publishMs > 0 ? await openPublisher(config, store, process.env) : undefined;
  if (publisher !== undefined) {
    cleanups.push(async () => publisher.close());
    metrics.watchSinks(() => publisher.sinks());
  }
  const publish = publisher && { publisher, events };

  const connection = connect(config.redisUrl, logger);
  const readiness = new ReadinessCheck({ store, redis: connection, ticks, tickMs });
  cleanups.push(async () => connection.disconnectAll());
  const server = await serve(routes(readiness, metrics), config.httpHost, config.httpPort);
  cleanups.push(() => stopServing(server));
  const { queuePrefix: prefix, takeoverMs } = config;
  const claim = new Claim({
    store,
    redis: connection,
    prefix,
    takeoverMs,
    seals: seal !== undefined,
    events,
  });
  cleanups.push(async () => claim.close());
  await claim.take(closed);
  const queues = new Queues({ config, connection, context, logger, secrets, sweep, seal, publish });
  cleanups.push(() => queues.close());
  // A command would wait until Redis is back, and so would whoever asks.
  lookUp = async () => (connection.status === 'ready' ? lookUpLastTick(queues.ticks) : undefined);

  const http = addressOf(server);
  const { redisUrl, ...shown } = config;
  logger.info(
    {
      ...shown,
      store: redactLocation(config.store),
      ...(config.index && { index: redactLocation(config.index) }),
      redisUrl: redactLocation(redisUrl),
      http,
    },
    'worker started',
  );
  cleanups.push(async () => logger.info({}, 'worker is stopping'));
  return { http };
}

/** What is opened, or an error at once when nobody wants it any more: a server that cannot be reached is tried for half a minute. */
async function unlessClosed<T extends { close(): Promise<void> }>(
  closed: AbortSignal,
  open: () => Promise<T>,
): Promise<T> {
  closed.throwIfAborted();
  const opening = open();
  const given = new Promise<never>((_, reject) => {
    closed.addEventListener('abort', () => reject(closed.reason), { once: true });
  });
  return Promise.race([opening, given]).catch((error) => {
    if (error === closed.reason) opening.then((one) => one.close()).catch(() => {});
    throw error;
  });
}

function routes(readiness: ReadinessCheck, metrics: Metrics): Routes {
  return {
    '/healthz': async () => text(200, 'alive'),
    '/readyz': async () => {
      const state = await readiness.check();
      return json(state.ready ? 200 : 503, state);
    },
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() }),
  };
}
