import { along, type Line, type Units } from './units.ts';

/** What one log of so many entries comes to. */
export interface LogCost {
  readonly entries: number;
  readonly anchors: number;
  readonly documentBytes: number;
  readonly indexBytes: number;
  readonly anchorBytes: number;
  readonly sqliteBytes: number;
  readonly archiveBytes: number;
  readonly verifySeconds: (cores: number) => number;
  readonly anchorSeconds: number;
}

// A key in a B-tree of WiredTiger before its prefixes are compressed: strings end with a byte, a number takes up to five,
// and the place of the document is another five. What cells and half-filled pages add is not known here.
const STRING_END = 2;
const NUMBER = 5;
const PLACE = 5;

/** The three indexes of `entries`: _id, (tenant, seq) and (tenant, id). */
export function indexBytesPerEntry({ bytes }: Units, seqDigits: number): number {
  const id = bytes.tenant + 1 + seqDigits + STRING_END + PLACE;
  const tenantSeq = bytes.tenant + STRING_END + NUMBER + PLACE;
  const tenantId = bytes.tenant + STRING_END + bytes.id + STRING_END + PLACE;
  return id + tenantSeq + tenantId;
}

export function logCost(units: Units, entries: number, segment: number): LogCost {
  const anchors = Math.ceil(entries / segment);
  const { bytes } = units;
  return {
    entries,
    anchors,
    documentBytes: entries * bytes.entryDocument,
    indexBytes: entries * indexBytesPerEntry(units, String(entries - 1).length),
    anchorBytes: anchors * bytes.anchorDocument,
    sqliteBytes: entries * bytes.sqliteEntry,
    archiveBytes: entries * bytes.archiveEntry,
    verifySeconds: (cores) => verifySeconds(units.mongodb.verify, units, entries, anchors, cores),
    anchorSeconds: (anchors * along(units.mongodb.anchor, segment)) / 1_000,
  };
}

/**
 * Each process walks its share of the segments and checks the whole chain of anchors. What is not counted is the database:
 * as many readers as there are cores need one that serves them.
 */
function verifySeconds(verify: Line, units: Units, entries: number, anchors: number, cores: number): number {
  const share = Math.ceil(entries / cores);
  const chain = cores === 1 ? 0 : anchors * units.mongodb.verify.perItemMs;
  return (along(verify, share) + chain) / 1_000;
}

/**
 * Entries a second of one log. Callers that arrive while a commit is under way wait for it and are committed together, so
 * that so many callers are one batch each time; a round trip to a majority that is further away is added to each commit.
 */
export function appendsPerSecond(commit: Line, callers: number, extraRoundTripMs = 0): number {
  const batch = Math.min(callers, MAX_BATCH);
  return (batch * 1_000) / (along(commit, batch) + extraRoundTripMs);
}

const MAX_BATCH = 1_000;
