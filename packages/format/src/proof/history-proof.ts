import { z } from 'zod';
import { entryHash, readEntry } from '../entry.ts';
import type { Entry, Target } from '../entry-types.ts';
import { SealtrailError } from '../errors.ts';
import { type Hash, recordLeafHash } from '../hash.ts';
import { EMPTY_ROOT } from '../merkle/compact-range.ts';
import { verifyRange } from '../merkle/range-proof.ts';
import { recordKey, type Touch, touchDigest } from '../records.ts';
import { entryText, name, position, reference, word } from '../schemas.ts';
import type { Seal } from '../seal/seal.ts';
import { unpackHashes } from './base64.ts';
import type { HashedAnchor } from './compact-anchor.ts';
import { sealCheckpointSchema } from './seal-checkpoint.ts';
import { sealedAnchorsSchema, verifySealedAnchors } from './sealed-anchors.ts';

/** What a history proof says that it is. */
export const HISTORY_PROOF_FORMAT = 'sealtrail-history-proof/1';

/**
 * What one segment's records tree says of the record: its own leaf, or the leaves between which it would stand. `at` is the
 * place of the first leaf shown, `leaves` their keys and digests (none for the record's own leaf, which is computed).
 */
export const segmentProof = z.strictObject({
  at: position,
  leaves: z.string().max(512),
  proof: z.string().max(4_096),
});
export type SegmentProof = z.infer<typeof segmentProof>;

/** What {@link HistoryProof} has to be like. */
export const historyProofSchema = z.strictObject({
  format: z.literal(HISTORY_PROOF_FORMAT),
  tenant: name,
  record: z.strictObject({ type: word, id: reference }),
  /** Texts of the entries that touch the record, in order. */
  entries: z.array(entryText),
  /** One for each anchor, from the first of the log on. */
  segments: z.array(segmentProof),
  sealed: sealedAnchorsSchema,
  /** Absent when the proof ends at the seal. */
  checkpoint: sealCheckpointSchema.optional(),
});
/** Everything about one record, and that nothing was left out, up to a seal (SPEC 13.3). */
export type HistoryProof = z.infer<typeof historyProofSchema>;

/** What a history proof shows. */
export interface ProvedHistory {
  readonly tenant: string;
  readonly record: Target;
  readonly entries: readonly { readonly entry: Entry; readonly hash: Hash }[];
  /** Number of entries that the proof covers: the positions 0 to `covered - 1`. */
  readonly covered: number;
  readonly seal: Seal;
}

/**
 * Checks that the entries are all that touch the record, from the first of the log to the last under the seal.
 *
 * @throws SealtrailError `proof_invalid`; what `readEntry` throws; `proof_malformed`, `anchor_malformed`, `seal_malformed`
 */
export function verifyHistoryProof(proof: HistoryProof): ProvedHistory {
  const { tenant, record } = proof;
  const { anchors, seal } = verifySealedAnchors(tenant, proof.sealed);
  if (proof.sealed.start.number !== 0) throw invalid('the proof does not begin with the first anchor');
  if (proof.segments.length !== anchors.length) throw invalid('the proof has not one part for each anchor');
  const entries = proof.entries.map((text) => ({ entry: readEntry(text), hash: entryHash(text) }));
  const key = recordKey(tenant, record);
  let next = 0;
  let before = -1;
  for (const [i, one] of anchors.entries()) {
    const touches: Touch[] = [];
    for (; next < entries.length; next++) {
      const { entry, hash } = entries[next] as (typeof entries)[0];
      if (entry.seq > one.anchor.to) break;
      if (entry.tenant !== tenant || entry.seq < one.anchor.from || !touchesRecord(entry, record)) {
        throw invalid(`entry ${entry.seq} does not belong there`);
      }
      // Whoever seals can make a digest over entries in any order.
      if (entry.seq <= before) throw invalid(`entry ${entry.seq} stands behind ${before}`);
      before = entry.seq;
      touches.push({ seq: entry.seq, hash });
    }
    verifySegment(one, key, touches, proof.segments[i] as SegmentProof);
  }
  if (next < entries.length) throw invalid('an entry is not under any of the anchors');
  const last = anchors.at(-1) as HashedAnchor;
  return { tenant, record, entries, covered: last.anchor.to + 1, seal };
}

function touchesRecord({ targets }: Entry, record: Target): boolean {
  return targets.some(({ type, id }) => type === record.type && id === record.id);
}

function verifySegment(
  { anchor }: HashedAnchor,
  key: Hash,
  touches: readonly Touch[],
  { at, leaves, proof }: SegmentProof,
): void {
  const { records_root: root, records_size: size, number } = anchor;
  const shown = pairs(unpackHashes(leaves));
  const path = unpackHashes(proof);
  if (touches.length > 0) {
    const own = recordLeafHash(key, touchDigest(touches));
    if (shown.length > 0 || !verifyRange(at, [own], size, path, root)) {
      throw invalid(`the entries in the segment of anchor ${number} are not all, or not the right ones`);
    }
    return;
  }
  if (size === 0) {
    if (root !== EMPTY_ROOT || at !== 0 || shown.length > 0 || path.length > 0) throw absent(number);
    return;
  }
  const hashes = shown.map(([shownKey, digest]) => recordLeafHash(shownKey, digest));
  if (!isBetween(key, at, shown, size) || !verifyRange(at, hashes, size, path, root)) throw absent(number);
}

/** Whether a key has no place among leaves that are neighbours in the tree: between two, or before the first, or after the last. */
function isBetween(key: Hash, at: number, shown: readonly (readonly [Hash, Hash])[], size: number): boolean {
  const [first, second, more] = shown;
  if (first === undefined || more !== undefined) return false;
  // Hex digits sort like the bytes they stand for.
  if (second !== undefined) return first[0] < key && key < second[0];
  return (at === 0 && key < first[0]) || (at === size - 1 && first[0] < key);
}

function pairs(hashes: readonly Hash[]): (readonly [Hash, Hash])[] {
  if (hashes.length % 2 === 1) throw new SealtrailError('proof_malformed', 'a leaf is a key and a digest');
  return Array.from({ length: hashes.length / 2 }, (_, i) => [
    hashes[2 * i] as Hash,
    hashes[2 * i + 1] as Hash,
  ]);
}

function absent(anchor: number): SealtrailError {
  return invalid(`the proof does not show that the segment of anchor ${anchor} has nothing about the record`);
}

function invalid(why: string): SealtrailError {
  return new SealtrailError('proof_invalid', why);
}
