import { refuseUnknown as refuse } from '@sealtrail/format';

/**
 * Refuses what a caller said and nobody would record: a misspelt member is an error, not a loss.
 *
 * @throws SealtrailError `draft_invalid` that names the member
 */
export function refuseUnknown(call: string, options: object, members: readonly string[]): void {
  refuse(call, options, members, 'draft_invalid');
}
