import { MONGODB_WAYS } from './mongodb/ways.ts';
import { REDIS_WAYS } from './redis/ways.ts';
import { type CrashOptions, type Found, firstThatWorks, ServicesUnavailable, type Way } from './ways.ts';

export { ServicesUnavailable };

export interface Services {
  mongodbUrl: string;
  redisUrl: string;
  /** How each was come by, for example `mongod`, `documentdb`, `redis-server`; `none` if it was not asked for. */
  mongodbKind: string;
  redisKind: string;
  /** Kill a server and start it again; absent for one that comes from the environment. */
  readonly crashMongodb: ((options?: CrashOptions) => Promise<void>) | undefined;
  readonly crashRedis: ((options?: CrashOptions) => Promise<void>) | undefined;
  /** Stops what was started and removes its data. Servers from the environment are left alone. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  /** Default true. */
  mongodb?: boolean;
  /** Default true. */
  redis?: boolean;
  log?: (line: string) => void;
}

/**
 * Finds or brings up a MongoDB that can do transactions and a Redis. Whatever was started dies with this process.
 *
 * @throws ServicesUnavailable if no way led to one of them
 */
export async function startServices(options: ServiceOptions = {}): Promise<Services> {
  const log = options.log ?? (() => {});
  // One after the other: both may install packages, and apt lets in only one at a time.
  const redis = await start('Redis', options.redis !== false, REDIS_WAYS, log);
  const mongodb = await start('MongoDB', options.mongodb !== false, MONGODB_WAYS, log).catch(
    async (error) => {
      await redis.stop();
      throw error;
    },
  );
  return {
    mongodbUrl: mongodb.url,
    redisUrl: redis.url,
    mongodbKind: mongodb.kind,
    redisKind: redis.kind,
    crashMongodb: mongodb.crash,
    crashRedis: redis.crash,
    stop: async () => {
      await Promise.all([mongodb.stop(), redis.stop()]);
    },
  };
}

async function start(
  service: string,
  wanted: boolean,
  ways: readonly Way[],
  log: (line: string) => void,
): Promise<Found> {
  if (!wanted) return { url: '', kind: 'none', stop: async () => {} };
  return firstThatWorks(service, ways, log);
}
