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

/** As much is kept of what cannot be written, in bytes. */
const KEPT = 1_048_576;

/**
 * Lines of JSON on standard output, written before the call returns: the last line before an exit is not lost. While they cannot
 * be written (a full disk) the newest are lost, and the work goes on.
 */
export function createLogger(level: (typeof LOG_LEVELS)[number]): Logger {
  const output = pino.destination({ fd: 1, sync: true, maxLength: KEPT });
  // Without this an error would end the process.
  output.on('error', () => {});
  return pino(
    {
      level,
      base: { service: 'sealtrail-worker', pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    output,
  );
}

/** A logger that never writes any of these secrets, whatever message a driver makes of them. */
export function redacting(logger: Logger, secrets: readonly string[]): Logger {
  const through =
    (level: keyof Logger) =>
    (fields: object, message: string): void =>
      logger[level](redact(fields, secrets) as object, hide(message, secrets));
  return { debug: through('debug'), info: through('info'), warn: through('warn'), error: through('error') };
}
