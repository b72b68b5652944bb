import { MAX_SEGMENT_ENTRIES } from '@sealtrail/format';
import { z } from 'zod';
import { DEFAULTS } from '../anchoring/defaults.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

// Messages never repeat the value: it may be a password that was put into the wrong variable.
export const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const duration = (least: number, most: number) => {
  const error = `must be from ${spoken(least)} to ${spoken(most)}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

/** An interval that may be switched off. */
const optional = (fallback: number) =>
  duration(0, 24 * HOUR)
    .refine((ms) => ms === 0 || ms >= 100, { error: 'must be 0s, or from 100ms to 24h' })
    .default(fallback);

const LOCATION = 'a mongodb:// URL or the path of a SQLite file';
/** A URL behind a space or a quotation mark would be the path of a file that is not there, and be told with its password. */
const isLocation = (text: string): boolean =>
  text !== '' && (!text.includes('://') || /^mongodb(\+srv)?:\/\//.test(text));

const noLocation = { error: `must be ${LOCATION}` };
const store = z.string({ error: `is required: ${LOCATION}` }).refine(isLocation, noLocation);
const index = z.string(noLocation).refine(isLocation, noLocation);

const redisUrl = z
  .string({ error: 'is required: a redis:// or rediss:// URL' })
  .refine((text) => URL.canParse(text) && /^rediss?:/i.test(text), {
    error: 'must be a redis:// or rediss:// URL',
  })
  .refine((text) => !URL.canParse(text) || /^(\/[0-9]{0,9})?$/.test(new URL(text).pathname), {
    error: 'must end after the server, or with the number of a database: redis://cache/2',
  });

const path = z.string({ error: 'must be a path' }).min(1, { error: 'must not be empty' });

const fields = z.strictObject({
  store,
  redisUrl,
  tickMs: duration(100, 24 * HOUR).default(DEFAULTS.tickMs),
  sweepMs: optional(DEFAULTS.sweepMs),
  sealMs: optional(DEFAULTS.sealMs),
  index: index.optional(),
  publishMs: optional(DEFAULTS.publishMs),
  logFolder: path.optional(),
  keyFiles: z.array(path).min(1, { error: 'must name a key file' }).optional(),
  policyFile: path.optional(),
  sinksFile: path.optional(),
  sinkPatienceMs: duration(SECOND, 720 * HOUR).default(DEFAULTS.sinkPatienceMs),
  maxSegment: whole(1, MAX_SEGMENT_ENTRIES).default(DEFAULTS.maxSegment),
  maxDelayMs: duration(0, 168 * HOUR).default(DEFAULTS.maxDelayMs),
  concurrency: whole(1, 64).default(4),
  httpHost: z.string().min(1, { error: 'must not be empty' }).default('127.0.0.1'),
  httpPort: whole(0, 65_535).default(9464),
  logLevel: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  queuePrefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, { error: 'must be 1 to 64 characters of A-Z a-z 0-9 . _ -' })
    .default('sealtrail'),
  graceMs: duration(0, HOUR).default(20 * SECOND),
  takeoverMs: duration(SECOND, HOUR).default(30 * SECOND),
});

type Publishing = Pick<z.output<typeof fields>, 'logFolder' | 'keyFiles' | 'policyFile' | 'sinksFile'>;

/** Publishing needs a folder and a key; the rest is nothing without them. */
function publishing(config: Publishing, context: z.RefinementCtx): void {
  const { logFolder, keyFiles, policyFile, sinksFile } = config;
  if ((logFolder === undefined) !== (keyFiles === undefined)) {
    const missing = logFolder === undefined ? 'logFolder' : 'keyFiles';
    context.addIssue({
      code: 'custom',
      path: [missing],
      message: 'is required: publishing needs a folder and a key',
    });
  } else if (logFolder === undefined && (policyFile ?? sinksFile) !== undefined) {
    const given = policyFile === undefined ? 'sinksFile' : 'policyFile';
    context.addIssue({
      code: 'custom',
      path: [given],
      message: 'is for publishing, which has no folder and no key',
    });
  }
}

export const configSchema = fields.superRefine(publishing);
/** A single tick in one process uses no queue. */
export const onceSchema = fields.partial({ redisUrl: true }).superRefine(publishing);

/** What may be given; everything but `store` and `redisUrl` has a default. */
export type WorkerConfig = z.input<typeof configSchema>;
/** The same, complete. */
export type CompleteConfig = z.output<typeof configSchema>;
export type OnceConfig = z.output<typeof onceSchema>;

function spoken(ms: number): string {
  if (ms === 0) return '0s';
  if (ms % HOUR === 0) return `${ms / HOUR}h`;
  return ms % SECOND === 0 ? `${ms / SECOND}s` : `${ms}ms`;
}
