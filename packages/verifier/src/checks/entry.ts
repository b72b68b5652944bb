import {
  type EntryFacts,
  type EntryRow,
  encodeEntry,
  entryHash,
  entryRowFault,
  GENESIS_ID,
  GENESIS_TYPE,
  genesisEntry,
  type Hash,
  isName,
  isPosition,
  isSealtrailError,
  REPEATED_COLUMNS,
  type StoredOpening,
  scanEntry,
} from '@sealtrail/format';
import { Findings } from '../findings.ts';
import type { RawRow } from '../source.ts';

/** What could be learned of a stored row. */
export interface CheckedRow {
  readonly seq: number;
  /** Recomputed from the stored text. */
  readonly hash: Hash;
  /** Undefined when the text is no entry. */
  readonly entry: EntryFacts | undefined;
  readonly unknownVersion: boolean;
  readonly openings: string;
  /** What the openings say, when a reader already read them. */
  readonly opened?: readonly StoredOpening[] | undefined;
}

/**
 * Checks the text of an entry that comes without columns.
 *
 * @param expected the position to name when the text does not say one
 */
export function checkEntryText(
  row: TextRow,
  tenant: string,
  expected: number,
  findings: Findings,
): CheckedRow {
  const { entry: text, openings, opened, facts } = row;
  const hash = entryHash(text);
  const { entry, unknownVersion } =
    facts === undefined ? readStored(text, expected, findings) : { entry: facts, unknownVersion: false };
  if (entry !== undefined) checkTenant(entry, tenant, entry.seq, findings);
  return { seq: entry?.seq ?? expected, hash, entry, unknownVersion, openings, opened };
}

/** A row of a source without columns. */
export interface TextRow {
  readonly entry: string;
  readonly openings: string;
  /** What the reader already read, by the rules of `scanOpenings` and `scanEntry`. */
  readonly opened?: readonly StoredOpening[] | undefined;
  readonly facts?: EntryFacts | undefined;
}

/**
 * Checks one stored row by itself: columns, hash, text (SPEC 9, step 2). Links and order are the chain's business.
 *
 * @returns undefined when the row has no usable position or text; a finding says so
 */
export function checkEntryRow(
  row: RawRow,
  tenant: string,
  expected: number,
  findings: Findings,
): CheckedRow | undefined {
  const fault = entryRowFault(row);
  const seq = isPosition(row['seq']) ? row['seq'] : undefined;
  if (fault !== undefined || seq === undefined) {
    const position = seq ?? positionInText(row['entry']);
    findings.add({
      code: 'row_malformed',
      position: position ?? expected,
      message: `the stored row ${position === undefined ? `around position ${expected}` : `of entry ${position}`} is malformed: ${
        fault ?? 'seq is not a position'
      }`,
    });
    if (seq === undefined || typeof row['entry'] !== 'string' || typeof row['openings'] !== 'string')
      return undefined;
  }
  const stored = row as unknown as EntryRow;
  const hash = entryHash(stored.entry);
  if (hash !== stored.hash) {
    findings.add({
      code: 'hash_mismatch',
      position: seq,
      message: `the content of entry ${seq} no longer matches its hash`,
    });
  }
  const { entry, unknownVersion } = readStored(stored.entry, seq, findings);
  if (entry !== undefined) {
    checkColumns(stored, entry, seq, findings);
    checkTenant(entry, tenant, seq, findings);
  }
  return { seq, hash, entry, unknownVersion, openings: stored.openings };
}

/** The position that a row's text names, for a row whose column is of no use. */
function positionInText(text: unknown): number | undefined {
  return typeof text === 'string' ? readStored(text, 0, new Findings(0)).entry?.seq : undefined;
}

function readStored(
  text: string,
  position: number,
  findings: Findings,
): { entry: EntryFacts | undefined; unknownVersion: boolean } {
  try {
    return { entry: scanEntry(text), unknownVersion: false };
  } catch (error) {
    const unknownVersion = isSealtrailError(error, 'entry_version');
    if (!unknownVersion && !isSealtrailError(error, 'entry_malformed')) throw error;
    findings.add({
      code: unknownVersion ? 'entry_version' : 'entry_malformed',
      position,
      message: `entry ${position}: ${error.message}`,
    });
    return { entry: undefined, unknownVersion };
  }
}

function checkColumns(stored: EntryRow, entry: EntryFacts, seq: number, findings: Findings): void {
  for (const column of REPEATED_COLUMNS) {
    if (stored[column] !== entry[column]) {
      findings.add({
        code: 'column_mismatch',
        position: seq,
        message: `the column ${column} of entry ${seq} says something else than the entry`,
      });
    }
  }
}

/** @param position where the row stands: a text of another log has a position of its own */
function checkTenant(entry: EntryFacts, tenant: string, position: number, findings: Findings): void {
  if (entry.tenant === tenant) return;
  findings.add({
    code: 'column_mismatch',
    position,
    message: `entry ${position} belongs to another tenant`,
  });
}

/** Checks that the genesis entry stands at position 0, is the one that the registry implies, and stands nowhere else. */
export function checkGenesis(
  row: CheckedRow,
  tenant: string,
  registeredGenesis: Hash | undefined,
  findings: Findings,
): void {
  const { seq, entry, hash } = row;
  if (seq === 0) {
    // Without a usable registration, any genesis of this tenant will do.
    const genuine = registeredGenesis ?? (entry === undefined ? hash : genesisHash(tenant, entry.time));
    if (hash !== genuine) {
      findings.add({
        code: 'genesis_invalid',
        position: 0,
        message: 'the first entry is not the one this log was registered with',
      });
    }
  } else if (entry?.type === GENESIS_TYPE || entry?.id === GENESIS_ID) {
    findings.add({
      code: 'genesis_invalid',
      position: seq,
      message: `entry ${seq} poses as the first entry of the log`,
    });
  }
}

/** Undefined for a name under which no log can begin: rows may be stored under any. */
function genesisHash(tenant: string, time: string): Hash | undefined {
  return isName(tenant) ? entryHash(encodeEntry(genesisEntry(tenant, time))) : undefined;
}
