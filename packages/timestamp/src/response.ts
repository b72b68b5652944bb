import { SealtrailError } from '@sealtrail/format';
import { TimeStampResp } from 'pkijs';
import { nonceOf, verifyToken } from './token.ts';

/** PKIStatus: granted, or granted with changes to what was asked. */
const GRANTED = [0, 1];

/**
 * The token of an authority's answer (RFC 3161, 2.4.2), DER. With certificates it is verified first.
 *
 * @throws SealtrailError `timestamp_malformed`; `timestamp_invalid` when it was refused or is not an answer to the request
 */
export async function readResponse(
  der: Uint8Array,
  text: string,
  nonce: Uint8Array,
  certificates: string | undefined,
): Promise<Uint8Array> {
  let response: TimeStampResp;
  try {
    response = TimeStampResp.fromBER(Uint8Array.from(der));
  } catch (cause) {
    throw new SealtrailError('timestamp_malformed', 'the answer is no time-stamp response', {}, { cause });
  }
  const { status, timeStampToken } = response;
  if (!GRANTED.includes(status.status) || timeStampToken === undefined) {
    throw new SealtrailError('timestamp_invalid', `the authority refused (status ${status.status})`);
  }
  const token = new Uint8Array(timeStampToken.toSchema().toBER());
  const returned = nonceOf(token, text);
  if (returned === undefined || Buffer.compare(returned, nonce) !== 0) {
    throw new SealtrailError('timestamp_invalid', 'the answer is not to this request');
  }
  if (certificates !== undefined) await verifyToken(token, text, certificates);
  return token;
}
