import {
  type DirectoryLine,
  directoryLeaf,
  type Entry,
  type EntryProof,
  encodeEntry,
  entryHash,
  entryPathOf,
  genesisEntry,
  type HistoryProof,
  merkleRoot,
  readAnchor,
  readEntry,
  recordKey,
  SEALS_TENANT,
  SegmentRecords,
  sealDraft,
  sealedAnchorsOf,
  segmentProofOf,
  type Target,
  tenantKey,
  ZERO_HASH,
} from '@sealtrail/format';
import type { StoredLog } from './memory-log.ts';

const SEALED_AT = '2026-04-01T00:00:00.000Z';

/** The directory's line for a log, as far as it is anchored. */
function lineOf(log: StoredLog): DirectoryLine {
  const newest = log.anchors.at(-1);
  return {
    key: tenantKey(String(log.registry['tenant'])),
    anchors: log.anchors.length,
    entries: newest === undefined ? 0 : readAnchor(String(newest['anchor'])).to + 1,
    last: newest === undefined ? ZERO_HASH : String(newest['hash']),
  };
}

/** Logs under one seal, and the proofs that can be made from them. */
export class SealedLogs {
  readonly lines: readonly DirectoryLine[];
  /** Text of the seal's entry. */
  readonly seal: string;

  constructor(logs: readonly StoredLog[]) {
    this.lines = logs.map(lineOf).sort((a, b) => (a.key < b.key ? -1 : 1));
    const genesis = encodeEntry(genesisEntry(SEALS_TENANT, SEALED_AT));
    const draft = sealDraft({
      number: 1,
      directory_root: merkleRoot(this.lines.map(directoryLeaf)),
      directory_size: this.lines.length,
      directory: 'changes-1',
    });
    this.seal = encodeEntry({
      ...draft,
      v: 1,
      tenant: SEALS_TENANT,
      seq: 1,
      prev: entryHash(genesis),
      time: SEALED_AT,
      targets: [],
      sealed: {},
    } as Entry);
  }

  entryProof(log: StoredLog, seq: number): EntryProof {
    const anchors = log.anchors.map((row) => readAnchor(String(row['anchor'])));
    const first = anchors.findIndex(({ from, to }) => from <= seq && seq <= to);
    const { from, to } = anchors[first] as (typeof anchors)[0];
    const hashes = log.entries.slice(from, to + 1).map((row) => String(row['hash']));
    return {
      format: 'sealtrail-entry-proof/1',
      entry: String(log.entries[seq]?.['entry']),
      path: entryPathOf(hashes, seq - from),
      sealed: sealedAnchorsOf(anchors.slice(first), this.lines, this.#index(log), this.seal),
    };
  }

  historyProof(log: StoredLog, record: Target): HistoryProof {
    const tenant = String(log.registry['tenant']);
    const anchors = log.anchors.map((row) => readAnchor(String(row['anchor'])));
    const covered = log.entries.slice(0, (anchors.at(-1)?.to ?? -1) + 1);
    const segments = anchors.map(({ from, to }) => {
      const records = new SegmentRecords(tenant);
      for (const row of covered.slice(from, to + 1)) {
        const { targets, seq } = readEntry(String(row['entry']));
        records.add(targets, { seq, hash: String(row['hash']) });
      }
      return segmentProofOf(records.leaves(), recordKey(tenant, record));
    });
    const entries = covered
      .map((row) => String(row['entry']))
      .filter((text) =>
        readEntry(text).targets.some(({ type, id }) => type === record.type && id === record.id),
      );
    return {
      format: 'sealtrail-history-proof/1',
      tenant,
      record,
      entries,
      segments,
      sealed: sealedAnchorsOf(anchors, this.lines, this.#index(log), this.seal),
    };
  }

  #index(log: StoredLog): number {
    const key = tenantKey(String(log.registry['tenant']));
    return this.lines.findIndex((line) => line.key === key);
  }
}
