import {
  type AnchorSize,
  entryProofChars,
  historyProofChars,
  type SegmentSize,
  sealedAnchorsChars,
} from './proof-sizes.ts';
import type { Units } from './units.ts';

export interface ProofRow {
  readonly entries: number;
  readonly segment: number;
  readonly anchors: number;
  /** Under the first seal that covers the entry, as proofs are made unless another one is asked for. */
  readonly entryUnderFirstSeal: number;
  /** The longest there is: every anchor since. */
  readonly firstEntryUnderNewest: number;
  readonly history: number;
}

const M = 1_000_000;
const SIZES = [M, 100 * M, 1_000 * M];
const TENANTS = 10_000;
const TOUCHES = 10;

export function proofRows({ samples, recordsOf }: Units): ProofRow[] {
  return SIZES.flatMap((entries) =>
    Object.entries(recordsOf).map(([size, records]) => {
      const segment = Number(size);
      const anchors = Math.ceil(entries / segment);
      const log = { entries, segment, records };
      const directory = { index: 1_234, size: TENANTS };
      const sealed = (first: number, last: number): number =>
        sealedAnchorsChars({
          start: { number: first, from: first * segment },
          anchors: anchorRun(log, first, last),
          directory,
          seal: samples.seal,
        });
      const proof = (first: number, last: number): number =>
        entryProofChars({ entry: samples.entry, index: 0, size: segment, sealed: sealed(first, last) });
      return {
        entries,
        segment,
        anchors,
        entryUnderFirstSeal: proof(anchors - 1, anchors - 1),
        firstEntryUnderNewest: proof(0, anchors - 1),
        history: historyProofChars({
          tenant: 'acme',
          record: { type: 'contact', id: 'c-1042' },
          entries: new Array<string>(TOUCHES).fill(samples.entry),
          segments: segmentRun(log, anchors),
          sealed: sealed(0, anchors - 1),
        }),
      };
    }),
  );
}

interface Log {
  readonly entries: number;
  readonly segment: number;
  readonly records: number;
}

function* anchorRun({ entries, segment, records }: Log, first: number, last: number): Generator<AnchorSize> {
  for (let i = first; i <= last; i++) yield { to: Math.min(entries, (i + 1) * segment) - 1, records };
}

/** The record's own leaf in the first segments, its neighbours in all others, at places spread over the tree. */
function* segmentRun({ records }: Log, anchors: number): Generator<SegmentSize> {
  for (let i = 0; i < anchors; i++) {
    const at = (i * 7_919) % (records - 1);
    yield { at, shown: i < TOUCHES ? 0 : 2, records };
  }
}
