import { X509Certificate } from 'node:crypto';
import { hashBytes, SealtrailError } from '@sealtrail/format';
import {
  type BasicConstraints,
  Certificate,
  ContentInfo,
  type ExtKeyUsage,
  SignedData,
  TSTInfo,
} from 'pkijs';

const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
/** SHA-256, the one hash that is asked for and taken. */
export const SHA256 = '2.16.840.1.101.3.4.2.1';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const BASIC_CONSTRAINTS = '2.5.29.19';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
/** Room for a chain of certificates with post-quantum keys. */
const MAX_TOKEN = 300_000;
/** What the library says when the signer's certificate leads to none of those given. */
const NO_PATH = 'No valid certificate paths found';
const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** What a time-stamp says. */
export interface Timestamp {
  /** When the authority saw the text, by its own clock; ISO 8601 with milliseconds. */
  readonly time: string;
  /** The authority's serial number for it, hex. */
  readonly serial: string;
  /** Its policy, an object identifier. */
  readonly policy: string;
  /** Subject of its certificate. */
  readonly authority: string;
}

interface Opened {
  readonly signed: SignedData;
  readonly info: TSTInfo;
}

/**
 * Verifies a time-stamp token offline: that it is over this text, that the authority signed it, and that its certificate is for
 * time-stamping and led to one of those given when the token was made. Revocation is not looked at.
 *
 * @param certificates PEM; they come from whoever verifies, never with the token
 * @throws SealtrailError `timestamp_malformed`; `timestamp_invalid` when it does not hold, with `detail.authority` 'unknown' when nothing is
 *   known of it but that its signer is under none of the certificates; `config_invalid` for certificates that are none
 */
export async function verifyToken(der: Uint8Array, text: string, certificates: string): Promise<Timestamp> {
  const trustedCerts = readCertificates(certificates);
  const { signed, info } = open(der, text);
  if (signed.signerInfos.length !== 1) throw invalid('it has not exactly one signature');
  const result = await signed
    .verify({
      signer: 0,
      data: Uint8Array.from(Buffer.from(text)).buffer,
      trustedCerts,
      checkChain: true,
      extendedMode: true,
    })
    .catch((cause: unknown) => {
      const why = String(Object(cause).message ?? 'it does not verify');
      throw why.endsWith(NO_PATH)
        ? invalid('its authority is none of those given', { authority: 'unknown' })
        : invalid(why);
    });
  const { signatureVerified, signerCertificate, certificatePath } = result;
  if (signatureVerified !== true || !(signerCertificate instanceof Certificate))
    throw invalid('its signature is wrong');
  checkPurpose(signerCertificate);
  checkPathLength(certificatePath ?? []);
  return {
    time: info.genTime.toISOString(),
    serial: Buffer.from(info.serialNumber.valueBlock.valueHexView).toString('hex'),
    policy: info.policy,
    authority: new X509Certificate(Buffer.from(signerCertificate.toSchema().toBER())).subject.replaceAll(
      '\n',
      ', ',
    ),
  };
}

/** The nonce that a token repeats; undefined when it has none. Throws as {@link verifyToken}, but verifies no signature. */
export function nonceOf(der: Uint8Array, text: string): Uint8Array | undefined {
  return open(der, text).info.nonce?.valueBlock.valueHexView;
}

function open(der: Uint8Array, text: string): Opened {
  if (der.length > MAX_TOKEN) throw malformed(`it is longer than ${MAX_TOKEN} bytes`);
  let opened: Opened;
  try {
    const content = ContentInfo.fromBER(Uint8Array.from(der));
    if (content.contentType !== SIGNED_DATA) throw malformed('it is no signed data');
    const signed = new SignedData({ schema: content.content });
    if (signed.encapContentInfo.eContentType !== TST_INFO || signed.encapContentInfo.eContent === undefined) {
      throw malformed('it signs something else than a time-stamp');
    }
    opened = { signed, info: TSTInfo.fromBER(signed.encapContentInfo.eContent.getValue()) };
  } catch (cause) {
    if (cause instanceof SealtrailError) throw cause;
    throw new SealtrailError('timestamp_malformed', 'the bytes are no time-stamp token', {}, { cause });
  }
  const { hashAlgorithm, hashedMessage } = opened.info.messageImprint;
  const hash = Buffer.from(hashedMessage.valueBlock.valueHexView).toString('hex');
  if (hashAlgorithm.algorithmId !== SHA256 || hash !== hashBytes(Buffer.from(text))) {
    throw invalid('it is over something else');
  }
  return opened;
}

/** RFC 3161, 2.3: the certificate is for time-stamping, and for nothing else. */
function checkPurpose(certificate: Certificate): void {
  const usage = certificate.extensions?.find(({ extnID }) => extnID === EXTENDED_KEY_USAGE);
  const purposes = (usage?.parsedValue as ExtKeyUsage | undefined)?.keyPurposes ?? [];
  if (usage?.critical !== true || purposes.length !== 1 || purposes[0] !== TIME_STAMPING) {
    throw invalid('the certificate of its signer is not for time-stamping alone');
  }
}

/** RFC 5280, 4.2.1.9: how many authorities may follow an authority before the signer; renewals of one by itself do not count. */
function checkPathLength([, ...authorities]: readonly Certificate[]): void {
  let followed = 0;
  for (const { extensions, subject, issuer } of authorities) {
    const found = extensions?.find(({ extnID }) => extnID === BASIC_CONSTRAINTS)?.parsedValue;
    const most = (found as BasicConstraints | undefined)?.pathLenConstraint;
    // A number too large for one is no limit.
    if (typeof most === 'number' && followed > most)
      throw invalid('an authority of its signer may not have authorized others');
    if (!subject.isEqual(issuer)) followed++;
  }
}

function readCertificates(pem: string): Certificate[] {
  const found = pem.match(PEM) ?? [];
  if (found.length === 0) throw new SealtrailError('config_invalid', 'there is no certificate in PEM form');
  try {
    return found.map((one) => Certificate.fromBER(Uint8Array.from(new X509Certificate(one).raw)));
  } catch (cause) {
    throw new SealtrailError('config_invalid', 'a certificate cannot be read', {}, { cause });
  }
}

function malformed(why: string): SealtrailError {
  return new SealtrailError('timestamp_malformed', `the bytes are no time-stamp token: ${why}`);
}

function invalid(why: string, detail?: Record<string, unknown>): SealtrailError {
  return new SealtrailError('timestamp_invalid', `the time-stamp does not hold: ${why}`, detail);
}
