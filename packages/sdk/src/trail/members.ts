import { SealtrailError } from '@sealtrail/format';

/**
 * Refuses what a caller said and nobody would record: a misspelt member is an error, not a loss.
 *
 * @throws SealtrailError `draft_invalid` that names the member
 */
export function refuseUnknown(call: string, options: object, members: readonly string[]): void {
  const unknown = Object.entries(options).find(
    ([member, value]) => value !== undefined && !members.includes(member),
  );
  if (unknown === undefined) return;
  throw new SealtrailError('draft_invalid', `${call}: there is no option ${JSON.stringify(unknown[0])}`);
}
