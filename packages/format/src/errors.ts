/**
 * Every code that Sealtrail's libraries throw. The list is closed: a caller may switch over it. What a verifier finds
 * in a log is not thrown but reported, see {@link FindingCode}.
 */
export type ErrorCode =
  // values and text
  | 'value_not_json'
  | 'value_too_deep'
  | 'value_too_large'
  | 'not_canonical'
  | 'entry_malformed'
  | 'entry_version'
  | 'entry_too_large'
  | 'anchor_malformed'
  | 'opening_malformed'
  | 'proof_malformed'
  | 'proof_invalid'
  | 'seal_malformed'
  | 'bundle_malformed'
  | 'bundle_truncated'
  // appending
  | 'draft_invalid'
  | 'id_conflict'
  | 'queue_full'
  | 'store_closed'
  | 'store_unavailable'
  | 'store_layout'
  | 'log_broken'
  | 'transaction_busy'
  // the life of a proposal
  | 'input_invalid'
  | 'actor_refused'
  | 'proposal_unknown'
  | 'proposal_expired'
  | 'decision_stale'
  | 'approval_pending'
  | 'not_approved'
  | 'args_mismatch'
  | 'args_unavailable'
  | 'already_executed'
  | 'not_started'
  | 'outcome_unrecorded'
  | 'grant_unknown'
  | 'grant_expired'
  | 'spool_failed'
  // checkpoints
  | 'key_invalid'
  | 'note_malformed'
  | 'note_unverified'
  | 'checkpoint_malformed'
  | 'checkpoint_refused'
  | 'policy_malformed'
  | 'policy_unmet'
  | 'tile_malformed'
  | 'timestamp_malformed'
  | 'timestamp_invalid'
  | 'sink_failed'
  // erasure and retention
  | 'held'
  | 'pruned'
  | 'erasure_invalid'
  | 'retention_invalid'
  // reading
  | 'query_invalid'
  | 'cursor_invalid'
  // asking over HTTP
  | 'request_invalid'
  | 'request_too_large'
  | 'request_too_many'
  | 'media_type_refused'
  | 'unauthenticated'
  | 'token_expired'
  | 'token_revoked'
  | 'header_missing'
  | 'forbidden'
  | 'not_found'
  | 'verification_running'
  | 'access_unrecorded'
  | 'service_busy'
  // anchoring and verifying
  | 'segment_broken'
  | 'not_sealed'
  | 'source_invalid'
  | 'driver_missing'
  | 'config_invalid'
  | 'import_invalid';

/** An error with a code from the closed list. `detail` holds plain JSON for logs; it never holds sealed values. */
export class SealtrailError extends Error {
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    detail: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SealtrailError';
    this.code = code;
    this.detail = detail;
  }
}

/** True for an error thrown by Sealtrail, also across copies of this package. */
export function isSealtrailError(error: unknown, code?: ErrorCode): error is SealtrailError {
  return (
    error instanceof Error &&
    error.name === 'SealtrailError' &&
    'code' in error &&
    (code === undefined || error.code === code)
  );
}
