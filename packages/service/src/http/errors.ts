import { type ErrorCode, isSealtrailError } from '@sealtrail/format';
import type { Logger } from '../options.ts';

/** Codes that are an answer to whoever asked; every other one is trouble on this side. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  request_invalid: 400,
  query_invalid: 400,
  cursor_invalid: 400,
  header_missing: 403,
  unauthenticated: 401,
  token_expired: 401,
  token_revoked: 401,
  forbidden: 403,
  not_found: 404,
  proposal_unknown: 404,
  verification_running: 409,
  not_sealed: 409,
  request_too_large: 413,
  media_type_refused: 415,
  request_too_many: 429,
  service_busy: 429,
};

/** What stands in an answer instead of a page. */
interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly run?: string };
}

export interface Refusal {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer to a request that came to nothing. What is no business of whoever asked stays here. */
export function refusalOf(error: unknown): Refusal {
  if (!isSealtrailError(error)) {
    return { status: 500, body: { error: { code: 'internal', message: 'internal error' } }, headers: {} };
  }
  const { code, message, detail } = error;
  const status = STATUS[code] ?? 500;
  const headers: Record<string, string> = {};
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  if (typeof detail['retry_after'] === 'number') headers['retry-after'] = String(detail['retry_after']);
  const run = typeof detail['run'] === 'string' ? { run: detail['run'] } : {};
  return { status, body: { error: { code, message: told(code, status, message), ...run } }, headers };
}

/** Codes of trouble whose message helps whoever asked and names nothing of the machine. */
const TOLD: readonly ErrorCode[] = ['log_broken', 'segment_broken', 'access_unrecorded', 'anchor_malformed'];

function told(code: ErrorCode, status: number, message: string): string {
  return status < 500 || TOLD.includes(code) ? message : 'the service cannot answer now';
}

/** An error as it goes into the log of the service: codes, messages of our own, and where it happened. */
function describe(error: unknown, depth = 0): object {
  if (!(error instanceof Error) || depth > 4) return { type: typeof error };
  const { name: type, cause } = error;
  const inner = cause === undefined ? {} : { cause: describe(cause, depth + 1) };
  if (isSealtrailError(error)) return { type, code: error.code, message: error.message, ...inner };
  const code = 'code' in error ? { code: String(error.code) } : {};
  // A foreign message may repeat what was asked with, or a URL with its password; the lines below it say where it was.
  const stack = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { type, ...code, stack, ...inner };
}

export function logFailure(logger: Logger, error: unknown, fields: object = {}): void {
  logger.error({ ...fields, error: describe(error) }, 'a request failed');
}
