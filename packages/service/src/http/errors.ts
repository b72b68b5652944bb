import { type ErrorCode, isSealtrailError } from '@sealtrail/format';
import type { Logger } from '../options.ts';

/** Codes that are an answer to whoever asked. */
const ANSWERS = {
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
  pruned: 410,
  request_too_large: 413,
  media_type_refused: 415,
  request_too_many: 429,
  service_busy: 429,
} as const satisfies Partial<Record<ErrorCode, number>>;

/** All others: trouble on this side, or nothing that a request can lead to. A new code is put into one of the two on purpose. */
const TROUBLE = {
  value_not_json: 500,
  value_too_deep: 500,
  value_too_large: 500,
  not_canonical: 500,
  entry_malformed: 500,
  entry_version: 500,
  entry_too_large: 500,
  anchor_malformed: 500,
  opening_malformed: 500,
  proof_malformed: 500,
  proof_invalid: 500,
  seal_malformed: 500,
  bundle_malformed: 500,
  bundle_truncated: 500,
  draft_invalid: 500,
  id_conflict: 500,
  queue_full: 500,
  store_closed: 500,
  store_unavailable: 500,
  store_layout: 500,
  log_broken: 500,
  transaction_busy: 500,
  input_invalid: 500,
  actor_refused: 500,
  proposal_expired: 500,
  decision_stale: 500,
  approval_pending: 500,
  not_approved: 500,
  args_mismatch: 500,
  args_unavailable: 500,
  already_executed: 500,
  not_started: 500,
  outcome_unrecorded: 500,
  grant_unknown: 500,
  grant_expired: 500,
  spool_failed: 500,
  key_invalid: 500,
  note_malformed: 500,
  note_unverified: 500,
  checkpoint_malformed: 500,
  checkpoint_refused: 500,
  policy_malformed: 500,
  policy_unmet: 500,
  tile_malformed: 500,
  timestamp_malformed: 500,
  timestamp_invalid: 500,
  sink_failed: 500,
  held: 500,
  erasure_invalid: 500,
  retention_invalid: 500,
  access_unrecorded: 500,
  segment_broken: 500,
  source_invalid: 500,
  driver_missing: 500,
  config_invalid: 500,
  import_invalid: 500,
} as const satisfies Record<Exclude<ErrorCode, keyof typeof ANSWERS>, 500>;

const STATUS: Readonly<Record<ErrorCode, number>> = { ...ANSWERS, ...TROUBLE };

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
  // A copy of another version may know codes that this one does not.
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
