import { z } from 'zod';
import type { EntryDraft } from '../draft.ts';
import { entryHash, readEntry } from '../entry.ts';
import { SealtrailError } from '../errors.ts';
import type { Hash } from '../hash.ts';
import { hash, position, reference } from '../schemas.ts';

/** The tenant whose chain is the operator's log (SPEC 12). Names that begin with `~` are the operator's. */
export const SEALS_TENANT = '~seals';
/** Type of the entry of a seal. */
export const SEAL_TYPE = 'log.sealed';

const sealData = z.strictObject({
  /** Position of this entry in the operator's log, so that of two sealers one is refused by the id. */
  number: position,
  /** Root and size of the directory: one leaf for each tenant, in the order of their keys. */
  directory_root: hash,
  directory_size: position,
  /** Name of the directory's stored changes. */
  directory: reference,
});

/** One statement over all tenants. */
export interface Seal extends z.infer<typeof sealData> {
  readonly time: string;
  /** Hash of its entry: the leaf of the operator's log. */
  readonly hash: Hash;
}

/** The entry of a seal. */
export function sealDraft(seal: z.infer<typeof sealData>): EntryDraft {
  return {
    id: sealId(seal.number),
    type: SEAL_TYPE,
    actor: { type: 'system', id: 'sealtrail' },
    data: { ...seal },
  };
}

/** The id of the seal at a position. */
function sealId(number: number): string {
  return `seal:${number}`;
}

/**
 * Reads a seal from its entry's text.
 *
 * @throws SealtrailError `seal_malformed`; the errors of `readEntry`
 */
export function readSeal(text: string): Seal {
  const { tenant, type, id, targets, data, sealed, seq, time } = readEntry(text);
  const parsed = sealData.safeParse(data);
  const isBare = targets.length === 0 && Object.keys(sealed).length === 0;
  const isInPlace = tenant === SEALS_TENANT && type === SEAL_TYPE && id === sealId(seq) && isBare;
  if (!isInPlace || !parsed.success || parsed.data.number !== seq) {
    throw new SealtrailError('seal_malformed', 'the entry is no seal');
  }
  return { ...parsed.data, time, hash: entryHash(text) };
}
