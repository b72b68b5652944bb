import type { EntryProof, HistoryProof, SealedAnchors } from '@sealtrail/format';
import { readSeal, unpackHashes } from '@sealtrail/format';
import { entryProofChars, historyProofChars, sealedAnchorsChars } from './proof-sizes.ts';

// What the formulas say of proofs that exist, from their numbers alone: places, counts and texts, not lists of hashes.

export function predictedEntryProof(proof: EntryProof): number {
  const { seq } = JSON.parse(proof.entry) as { seq: number };
  const { start, anchors } = proof.sealed;
  const first = anchors[0] as { to: number };
  return entryProofChars({
    entry: proof.entry,
    index: seq - start.from,
    size: first.to - start.from + 1,
    sealed: predictedSealed(proof.sealed),
  });
}

export function predictedHistoryProof(proof: HistoryProof): number {
  const { tenant, record, entries, segments, sealed } = proof;
  return historyProofChars({
    tenant,
    record,
    entries,
    segments: segments.map(({ at, leaves }, i) => ({
      at,
      shown: (unpackHashes(leaves).length / 2) as 0 | 1 | 2,
      records: sealed.anchors[i]?.records_size ?? 0,
    })),
    sealed: predictedSealed(sealed),
  });
}

function predictedSealed({ start, anchors, directory, seal }: SealedAnchors): number {
  return sealedAnchorsChars({
    start: { number: start.number, from: start.from },
    anchors: anchors.map(({ to, records_size }) => ({ to, records: records_size })),
    directory: { index: directory.index, size: readSeal(seal).directory_size },
    seal,
  });
}
