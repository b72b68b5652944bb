import { parseOptions } from '@sealtrail/format';
import { z } from 'zod';
import type { Identity } from './access/identity.ts';

/** What the service logs with; a pino logger is one. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The newest signed checkpoint, as whoever publishes them knows it. */
export interface Checkpoint {
  /** Entries of the log of seals that it covers. */
  readonly size: number;
  readonly time: string;
  /** Names of the witnesses that cosigned it. */
  readonly witnesses: readonly string[];
}

/** Somewhere that checkpoints go, and how many have not arrived. */
export interface Sink {
  readonly name: string;
  readonly outstanding: number;
}

/** How much somebody may ask, counted in this process for each token, person or address. */
export interface Limits {
  /** Requests of one token or person in a minute; default 600. */
  readonly requests: number;
  /** Failed sign-ins from one address in a minute; default 10. */
  readonly failures: number;
  /** Seconds that one streamed answer (a log, an export, evidence) may take in all; default 3,600. */
  readonly streamSeconds: number;
}

export interface ServiceOptions {
  /** A `mongodb://` URL or the path of a SQLite file, as `openStore` takes it. It must be there. */
  readonly store: string;
  /** The path that the service is mounted under in its host, such as `/audit`; default the root. */
  readonly path?: string | undefined;
  /** How browsers reach the host, such as `https://crm.example`; default what a request says. */
  readonly origin?: string | undefined;
  /**
   * The host's own sign-in. Asked for requests that bring no token, and no cookie of the service that still holds; null for
   * nobody. Give only what the host itself has checked.
   */
  readonly authenticate?: ((request: Request) => Promise<Identity | null>) | undefined;
  /** Where a request comes from; default the address of the connection when Node's own server handed it over. */
  readonly address?: ((request: Request, env: unknown) => string | undefined) | undefined;
  /** The folder of the log that is published over the seals, as a publisher keeps it: it is shown, served and proved by. */
  readonly log?: string | undefined;
  /** Default: that of `log`, or null. */
  readonly checkpoint?: (() => Promise<Checkpoint | null>) | undefined;
  /** Default: those of `log`. */
  readonly sinks?: (() => Promise<readonly Sink[]>) | undefined;
  /** The folder of the console's files; default those of `@sealtrail/console`. `false` for none. */
  readonly console?: string | false | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Default: no log. */
  readonly logger?: Logger | undefined;
}

const callback = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
);
const positive = z.int().min(1).max(1_000_000);

const schema = z.strictObject({
  store: z.string().min(1),
  path: z
    .string()
    .regex(/^(\/[A-Za-z0-9._~-]+)*$/, 'a path such as /audit, without a slash at its end')
    .default(''),
  origin: z
    .string()
    .refine((value) => URL.canParse(value) && new URL(value).origin === value, 'such as https://crm.example')
    .optional(),
  authenticate: callback.optional(),
  address: callback.optional(),
  log: z.string().min(1).optional(),
  checkpoint: callback.optional(),
  sinks: callback.optional(),
  console: z.union([z.string(), z.literal(false)]).optional(),
  limits: z
    .strictObject({
      requests: positive.default(600),
      failures: positive.default(10),
      streamSeconds: z.int().min(1).max(86_400).default(3_600),
    })
    .prefault({}),
  logger: z.custom<Logger>((value) => typeof value === 'object' && value !== null).optional(),
});

export type CompleteOptions = Omit<ServiceOptions, 'path' | 'limits' | 'logger'> & {
  readonly path: string;
  readonly limits: Limits;
  readonly logger: Logger;
};

const SILENT: Logger = { info() {}, warn() {}, error() {} };

/** @throws SealtrailError `config_invalid` that names the option */
export function completeOptions(options: ServiceOptions): CompleteOptions {
  const { path, limits, logger = SILENT } = parseOptions('createService', schema, options);
  return { ...options, path, limits, logger };
}
