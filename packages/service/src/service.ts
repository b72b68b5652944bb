import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isSealtrailError } from '@sealtrail/format';
import { closeAll, Log, openStore, type Store } from '@sealtrail/store';
import { indexBeside, openViews, type Views } from '@sealtrail/views';
import { type Context, Hono } from 'hono';
import { AccessLog } from './access/access-log.ts';
import { Door } from './access/authenticate.ts';
import { Tokens } from './access/tokens.ts';
import { openServiceData } from './data/open.ts';
import type { ServiceData } from './data/port.ts';
import { type App, bind, type Variables } from './http/bind.ts';
import { logFailure, refusalOf } from './http/errors.ts';
import { type ConsoleFiles, consoleFiles, NO_CONSOLE, sendFile } from './http/files.ts';
import { protective } from './http/headers.ts';
import { Health } from './http/health.ts';
import { Limiter } from './http/limiter.ts';
import { openApi } from './http/openapi.ts';
import { Jobs } from './jobs/jobs.ts';
import { type CompleteOptions, completeOptions, type Logger, type ServiceOptions } from './options.ts';
import type { Parts } from './parts.ts';
import type { Published } from './published.ts';
import { ROUTES } from './routes/index.ts';
import { Runs } from './runs/runs.ts';

/** The service: a handler of requests that any server can mount. */
export interface Service {
  /** @param env what the server hands over with a request; Node's adapter puts the connection there */
  readonly fetch: (request: Request, env?: unknown) => Promise<Response>;
  /** Stops what is under way and closes the store. */
  close(): Promise<void>;
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * Opens a store and makes the service over it.
 *
 * @throws SealtrailError `config_invalid`, `source_invalid`, `driver_missing`, `store_unavailable`, `store_layout`
 */
export async function createService(options: ServiceOptions): Promise<Service> {
  const complete = completeOptions(options);
  const { logger, store: location } = complete;
  const files = consoleFiles(complete.console);
  const opened: { close(): Promise<void> }[] = [];
  const open = async <T extends { close(): Promise<void> }>(one: Promise<T>): Promise<T> => {
    const resource = await one;
    opened.unshift(resource);
    return resource;
  };
  const close = (): Promise<void> => closeAll(opened.splice(0).map((one) => () => one.close()));
  try {
    const store = await open(openStore(location, { create: false }));
    const views = await open(openViews({ store, index: indexBeside(location) }));
    const data = await open(openServiceData(location));
    const log = await open(Promise.resolve(new Log(store)));
    const published = await openPublished(complete.log);
    const parts = partsOf(complete, { store, views, data, log, published });
    // Runs end first: they are cancelled, and not broken off.
    opened.unshift(parts.runs, parts.jobs, ...(parts.published === undefined ? [] : [parts.published]));
    const app = appOf(parts, files);
    return { fetch: async (request, env) => app.fetch(request, env as object), close: once(close) };
  } catch (error) {
    await close();
    logger.error({}, 'the service could not be opened');
    throw error;
  }
}

/** The publisher's database is loaded only where there is one. */
async function openPublished(folder: string | undefined): Promise<Published | undefined> {
  if (folder === undefined) return undefined;
  const { Published } = await import('./published.ts');
  return new Published(folder);
}

function partsOf(
  options: CompleteOptions,
  opened: { store: Store; views: Views; data: ServiceData; log: Log; published: Published | undefined },
): Parts {
  const { store, views, data, log, published } = opened;
  const tokens = new Tokens(data);
  const failures = new Limiter(options.limits.failures, 'too many failed sign-ins: try again later');
  const jobs = new Jobs(options.store);
  return {
    options,
    store,
    views,
    tokens,
    door: new Door(tokens, failures, options.authenticate),
    requests: new Limiter(options.limits.requests, 'too many requests: try again later'),
    access: new AccessLog(log),
    jobs,
    published,
    runs: new Runs(data, jobs, (error) => logFailure(options.logger, error, { operation: 'verify' })),
  };
}

function appOf(parts: Parts, files: ConsoleFiles): App {
  const { options, store } = parts;
  const { path, logger } = options;
  const app: App = new Hono<{ Variables: Variables }>();
  app.use(async (context, next) => {
    const started = performance.now();
    await next();
    logRequest(logger, context, performance.now() - started);
  });
  app.use(protective());
  app.use(async (context, next) => {
    await next();
    // A cache on the way may keep a 404 or a redirect that says nothing of it.
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store');
  });
  app.use(`${path}/api/*`, async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
  });
  app.onError((error, context) => {
    const { status, body, headers } = refusalOf(error);
    if (status >= 500) logFailure(logger, error, { operation: context.get('operation') });
    return context.json(body, status as 500, headers);
  });
  app.notFound((context) => context.json(NOT_FOUND, 404));

  for (const route of ROUTES) bind(app, route, parts);
  const description = openApi(ROUTES, version);
  app.get(`${path}/api/v1/openapi.json`, (context) => context.json(description));
  const health = new Health(store, (error) => logFailure(logger, error, { operation: 'health' }));
  app.get(`${path}/healthz`, async (context) =>
    (await health.check()) ? context.json({ status: 'ok' }) : context.json(UNWELL, 503),
  );

  const { published } = parts;
  if (published !== undefined) {
    // For everybody, as it is meant to be: any client of transparency logs can follow it.
    app.get(`${path}/log/*`, (context) => published.serve(context, `${path}/log/`));
  }
  if (path !== '') app.get(path, (context) => context.redirect(`${path}/`, 308));
  app.get(
    `${path}/`,
    (context) =>
      sendFile(context, files, 'index.html') ??
      context.html(NO_CONSOLE, 200, { 'cache-control': 'no-cache' }),
  );
  app.get(`${path}/*`, (context) => {
    const name = context.req.path.slice(path.length + 1);
    return sendFile(context, files, name) ?? context.json(NOT_FOUND, 404);
  });
  return app;
}

const UNWELL = { error: { code: 'store_unavailable', message: 'the store does not answer' } };
const NOT_FOUND = { error: { code: 'not_found', message: 'there is no such thing here' } };

/** One line for each request. Neither the path nor the query is in it: they name records and people. */
function logRequest(logger: Logger, context: Context<{ Variables: Variables }>, ms: number): void {
  const { status } = context.res;
  const operation = context.get('operation');
  // The console's own files are of no interest.
  if (operation === undefined && status < 400) return;
  const fields = {
    request: randomUUID(),
    operation: operation ?? null,
    who: context.get('who') ?? null,
    status,
    ms: Math.round(ms),
    ...(isSealtrailError(context.error) ? { code: context.error.code } : {}),
  };
  if (status >= 500) logger.error(fields, 'request');
  else if (status >= 400) logger.warn(fields, 'request');
  else logger.info(fields, 'request');
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
