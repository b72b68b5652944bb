import {
  type Evidence,
  opens,
  provedTexts,
  readEntry,
  SealtrailError,
  scanOpenings,
} from '@sealtrail/format';

/**
 * Checks the values that evidence discloses against the commitments in its entries, which the proof is over.
 *
 * @returns how many match
 * @throws SealtrailError `proof_invalid` for one that does not; `opening_malformed`
 */
export function checkDisclosed({ proof, openings }: Evidence): number {
  const texts = provedTexts(proof);
  let matched = 0;
  for (const [i, text] of openings) {
    const { seq, sealed } = readEntry(texts[i] as string);
    for (const opening of scanOpenings(text)) {
      const commitment = Object.hasOwn(sealed, opening.field) ? sealed[opening.field] : undefined;
      if (commitment === undefined || !opens(opening, commitment)) {
        throw new SealtrailError(
          'proof_invalid',
          `the value "${opening.field}" that is disclosed of entry ${seq} is not the one that was committed to`,
        );
      }
      matched++;
    }
  }
  return matched;
}
