import { z } from 'zod';
import { type Anchor, anchorHash, encodeAnchor } from '../anchor.ts';
import { FORMAT_VERSION } from '../entry-types.ts';
import { SealtrailError } from '../errors.ts';
import { type Hash, ZERO_HASH } from '../hash.ts';
import { hash, position, time } from '../schemas.ts';
import { packHashes, unpackHashes } from './base64.ts';

/** Where a run of anchors begins: what its first one says that cannot be computed from the one before. */
export const anchorStart = z.strictObject({
  number: position,
  from: position,
  prev: hash,
});
export type AnchorStart = z.infer<typeof anchorStart>;

/** The members of an anchor that do not follow from the one before it; `hashes`: entries root, records root, last. */
export const compactAnchor = z.strictObject({
  to: position,
  records_size: position,
  hashes: z.string().max(128),
  time,
});
export type CompactAnchor = z.infer<typeof compactAnchor>;

/** An anchor with its hash. */
export interface HashedAnchor {
  readonly anchor: Anchor;
  readonly hash: Hash;
}

export function compact({ to, records_size, entries_root, records_root, last, time }: Anchor): CompactAnchor {
  return { to, records_size, hashes: packHashes([entries_root, records_root, last]), time };
}

/**
 * The anchors of a run, each linked to the one before by the hash that is computed here.
 *
 * @throws SealtrailError `proof_malformed`, `anchor_malformed`; `proof_invalid` when one is older than the one before
 */
export function expandAnchors(
  tenant: string,
  start: AnchorStart,
  run: readonly CompactAnchor[],
): HashedAnchor[] {
  let { number, from, prev } = start;
  if ((number === 0) !== (from === 0) || (number === 0) !== (prev === ZERO_HASH)) {
    throw new SealtrailError('proof_malformed', 'the run of anchors begins at no anchor');
  }
  let before = '';
  return run.map(({ to, records_size, hashes, time }) => {
    if (time < before)
      throw new SealtrailError('proof_invalid', `anchor ${number} claims to be older than the one before`);
    before = time;
    const [entries_root, records_root, last, more] = unpackHashes(hashes);
    if (
      entries_root === undefined ||
      records_root === undefined ||
      last === undefined ||
      more !== undefined
    ) {
      throw new SealtrailError('proof_malformed', 'an anchor in a proof has three hashes');
    }
    const anchor: Anchor = {
      v: FORMAT_VERSION,
      tenant,
      number,
      from,
      to,
      entries_root,
      records_root,
      records_size,
      last,
      prev,
      time,
    };
    const hash = anchorHash(encodeAnchor(anchor));
    number++;
    from = to + 1;
    prev = hash;
    return { anchor, hash };
  });
}
