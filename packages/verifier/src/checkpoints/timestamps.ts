import { isSealtrailError, SealtrailError } from '@sealtrail/format';
import type { Vouched } from './report.ts';

/**
 * Verifies time-stamp tokens over a checkpoint's text. The library for it is loaded only when there is one.
 *
 * @param tokens DER in base64
 * @param certificates PEM of the authorities that whoever verifies trusts
 * @throws SealtrailError `timestamp_malformed`, `timestamp_invalid`, `config_invalid`
 */
export async function verifyTimestamps(
  tokens: readonly string[],
  text: string,
  certificates: string,
): Promise<Vouched['timestamps']> {
  if (tokens.length === 0) return [];
  const { verifyToken } = await import('@sealtrail/timestamp');
  const verified: { authority: string; time: string }[] = [];
  for (const token of tokens) {
    const bytes = Buffer.from(token, 'base64');
    if (bytes.toString('base64') !== token) {
      throw new SealtrailError('timestamp_malformed', 'a time-stamp is not base64');
    }
    const { authority, time } = await verifyToken(bytes, text, certificates);
    verified.push({ authority, time });
  }
  return verified;
}

/** Whether an error says that a time-stamp does not hold, as against that it could not be looked at. */
export function isTimestampFault(error: unknown): error is SealtrailError {
  return isSealtrailError(error, 'timestamp_malformed') || isSealtrailError(error, 'timestamp_invalid');
}
