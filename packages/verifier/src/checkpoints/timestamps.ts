import { isSealtrailError, SealtrailError } from '@sealtrail/format';
import type { Vouched } from './report.ts';

export interface VerifiedTimestamps {
  readonly timestamps: Vouched['timestamps'];
  /** How many are of authorities that are not among those given: of them nothing is known. */
  readonly unknown: number;
}

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
): Promise<VerifiedTimestamps> {
  if (tokens.length === 0) return { timestamps: [], unknown: 0 };
  const { verifyToken } = await import('@sealtrail/timestamp');
  const verified: { authority: string; time: string }[] = [];
  for (const token of tokens) {
    const bytes = Buffer.from(token, 'base64');
    if (bytes.toString('base64') !== token) {
      throw new SealtrailError('timestamp_malformed', 'a time-stamp is not base64');
    }
    try {
      const { authority, time } = await verifyToken(bytes, text, certificates);
      verified.push({ authority, time });
    } catch (error) {
      if (!isSealtrailError(error, 'timestamp_invalid') || error.detail['authority'] !== 'unknown')
        throw error;
    }
  }
  return { timestamps: verified, unknown: tokens.length - verified.length };
}

/** Whether an error says that a time-stamp does not hold, as against that it could not be looked at. */
export function isTimestampFault(error: unknown): error is SealtrailError {
  return isSealtrailError(error, 'timestamp_malformed') || isSealtrailError(error, 'timestamp_invalid');
}
