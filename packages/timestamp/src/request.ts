import { randomBytes } from 'node:crypto';
import { hashBytes } from '@sealtrail/format';
import { Integer, Null, OctetString } from 'asn1js';
import { AlgorithmIdentifier, MessageImprint, TimeStampReq } from 'pkijs';
import { SHA256 } from './token.ts';

const NONCE_BYTES = 8;

/** What is sent to an authority. */
export interface TimestampRequest {
  readonly der: Uint8Array;
  /** Returned in the answer: an old answer cannot stand for a new one. */
  readonly nonce: Uint8Array;
}

/** A request (RFC 3161, 2.4.1) for a time-stamp over the SHA-256 of a text; it asks for the authority's certificate. */
export function makeRequest(text: string): TimestampRequest {
  const nonce = randomBytes(NONCE_BYTES);
  // A positive number of full length: its encoding comes back as it was sent.
  nonce[0] = ((nonce[0] as number) & 0x3f) | 0x40;
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA256, algorithmParams: new Null() }),
      hashedMessage: new OctetString({ valueHex: Buffer.from(hashBytes(Buffer.from(text)), 'hex') }),
    }),
    nonce: new Integer({ valueHex: Uint8Array.from(nonce) }),
    certReq: true,
  });
  return { der: new Uint8Array(request.toSchema().toBER()), nonce: Uint8Array.from(nonce) };
}
