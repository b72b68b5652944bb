import { type EntryDraft, leafHash, merkleRoot } from '@sealtrail/format';
import { z } from 'zod';
import { batchId, id } from './ids.ts';
import { given, parseInput } from './parse.ts';
import { user } from './parts.ts';

/** Proposals that one bulk decision can hold. */
export const MAX_BATCH = 10_000;

const decided = z.strictObject({
  batch: id,
  actor: user,
  decision: z.enum(['approved', 'rejected']),
  proposals: z.array(id).min(1).max(MAX_BATCH),
});
/** What {@link batchDecided} takes. */
export type BatchDecided = z.input<typeof decided>;

/**
 * One click decides many proposals: how many, and a Merkle root over the leaf hashes of their ids in ascending order. Each of
 * them gets a decision of its own besides. Entry id: `<batch>:batch`.
 */
export function batchDecided(input: BatchDecided): EntryDraft {
  const { batch, actor, decision, proposals } = parseInput(decided, 'batch.decided', input);
  const ids = [...new Set(proposals)].sort();
  return {
    id: batchId(batch),
    type: 'batch.decided',
    actor: given(actor),
    data: { batch, decision, size: ids.length, proposals_root: merkleRoot(ids.map(leafHash)) },
  };
}
