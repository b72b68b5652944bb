import { pino } from 'pino';
import type { LOG_LEVELS } from '../config/schema.ts';
import { hide, redact } from '../config/secrets.ts';

/** What the worker logs with; a pino logger is one. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Lines of JSON on standard output, written before the call returns: the last line before an exit is not lost. */
export function createLogger(level: (typeof LOG_LEVELS)[number]): Logger {
  return pino({
    level,
    base: { service: 'sealtrail-worker', pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}

/** A logger that never writes any of these secrets, whatever message a driver makes of them. */
export function redacting(logger: Logger, secrets: readonly string[]): Logger {
  const through =
    (level: keyof Logger) =>
    (fields: object, message: string): void =>
      logger[level](redact(fields, secrets) as object, hide(message, secrets));
  return { debug: through('debug'), info: through('info'), warn: through('warn'), error: through('error') };
}
