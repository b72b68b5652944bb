import type { Document } from 'bson';
import { PgError, PgGone } from './pg/connection.ts';

export const Code = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  NamespaceNotFound: 26,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  CommandNotFound: 59,
  WriteConflict: 112,
  CommandNotSupported: 115,
  HostUnreachable: 6,
  TransactionTooOld: 225,
  NoSuchTransaction: 251,
  TransactionCommitted: 256,
  OperationNotSupportedInTransaction: 263,
  DuplicateKey: 11000,
} as const;

const NAMES = new Map<number, string>(Object.entries(Code).map(([name, code]) => [code, name]));

/** What the client gets as `{ok: 0, …}`. */
export class CommandError extends Error {
  readonly code: number;
  readonly labels: readonly string[];
  readonly details: Document;

  constructor(code: number, message: string, labels: readonly string[] = [], details: Document = {}) {
    super(message);
    this.name = 'CommandError';
    this.code = code;
    this.labels = labels;
    this.details = details;
  }

  toReply(): Document {
    return {
      ok: 0,
      errmsg: this.message,
      code: this.code,
      codeName: NAMES.get(this.code) ?? `Location${this.code}`,
      ...this.details,
      ...(this.labels.length > 0 ? { errorLabels: [...this.labels] } : {}),
    };
  }
}

export const TRANSIENT = 'TransientTransactionError';

/**
 * The engine numbers its own errors M0000, M0001, … in base 36 after a fixed list; these are the places in that
 * list whose MongoDB codes a store may look at.
 */
const ENGINE_CODES: Record<string, number> = {
  M0000: 1,
  M0001: 2,
  M0003: 9,
  M0004: 14,
  M0005: 15,
  M0006: 20,
  M0008: 26,
  M0009: 27,
  M000A: 28,
  M000D: 40,
  M000E: 43,
  M000F: 48,
  M000G: 52,
  M000J: 56,
  M000K: 57,
  M000M: 66,
  M000N: 67,
  M000O: 68,
  M000P: 72,
  M000Q: 73,
  M000R: 85,
  M000S: 86,
  M000U: 115,
  M000W: 146,
  M0012: 197,
  M0016: 263,
  M001B: 10334,
  M001C: 11000,
  M007U: 40324,
  M0088: 40415,
  M00CO: 121,
};

const POSTGRES_CODES: Record<string, number> = {
  '23505': Code.DuplicateKey,
  '23P01': Code.DuplicateKey,
  '40001': Code.WriteConflict,
  '40P01': Code.WriteConflict,
  '55P03': Code.WriteConflict,
  '42P01': Code.NamespaceNotFound,
  '57014': Code.MaxTimeMSExpired,
  '0A000': Code.CommandNotSupported,
  '22023': Code.BadValue,
  '22P02': Code.BadValue,
};

/** Inside write errors the engine packs the five characters of the SQL state into a number, six bits each. */
export function unpackSqlState(packed: number): string {
  let state = '';
  for (let shift = 0; shift < 30; shift += 6) state += String.fromCharCode(48 + ((packed >> shift) & 63));
  return state;
}

export function codeOf(sqlState: string): number {
  return ENGINE_CODES[sqlState] ?? POSTGRES_CODES[sqlState] ?? Code.InternalError;
}

export function isConflict(error: unknown): boolean {
  if (!(error instanceof PgError)) return false;
  return (
    codeOf(error.sqlState) === Code.WriteConflict || /concurrently (updated|deleted)/.test(error.message)
  );
}

/** PostgreSQL has ended the connection, or does not take new ones yet: the engine was restarted after a crash. */
export function isGone(error: unknown): boolean {
  return error instanceof PgGone || (error instanceof PgError && error.sqlState.startsWith('57P'));
}

/** Turns whatever went wrong into an answer. `inTransaction` decides whether a conflict may be retried whole. */
export function toCommandError(error: unknown, inTransaction: boolean): CommandError {
  if (error instanceof CommandError) return error;
  if (isConflict(error)) {
    return new CommandError(
      Code.WriteConflict,
      `Write conflict during the command, please retry: ${(error as Error).message}`,
      inTransaction ? [TRANSIENT] : [],
    );
  }
  if (isGone(error)) {
    const labels = inTransaction ? [TRANSIENT] : ['RetryableWriteError'];
    return new CommandError(Code.HostUnreachable, (error as Error).message, labels);
  }
  if (error instanceof PgError) return new CommandError(codeOf(error.sqlState), error.message);
  return new CommandError(Code.InternalError, error instanceof Error ? error.message : String(error));
}
