import { type JsonValue, MAX_DEPTH } from './canonical.ts';
import { type ErrorCode, SealtrailError } from './errors.ts';
import { isCanonical } from './recognise.ts';

/**
 * Parses a text only if it is canonical (SPEC 2): parsing it and encoding it again gives the same characters.
 *
 * @throws SealtrailError with `code` (default `not_canonical`)
 */
export function parseCanonical(
  text: string,
  maxDepth: number = MAX_DEPTH,
  code: ErrorCode = 'not_canonical',
): JsonValue {
  if (!isCanonical(text, maxDepth)) throw new SealtrailError(code, 'the text is not canonical JSON');
  return JSON.parse(text) as JsonValue;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Text of UTF-8 bytes; a byte order mark is kept, so that it is refused later as not canonical.
 *
 * @throws SealtrailError `not_canonical` for bytes that are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new SealtrailError('not_canonical', 'the bytes are not UTF-8', {}, { cause });
  }
}
