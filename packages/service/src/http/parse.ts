import { parseDistinct, SealtrailError } from '@sealtrail/format';
import type { z } from 'zod';

/** Bodies are small objects; nothing larger is read to its end. */
const MAX_BODY_BYTES = 16_384;

/** @throws SealtrailError `request_invalid` that names the place */
export function parse<T extends z.ZodType>(schema: T, input: unknown, what: string): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') ?? '';
  const message = `the ${what} is invalid: ${where === '' ? '' : `${where}: `}${issue?.message}`;
  throw new SealtrailError('request_invalid', message, { path: where });
}

/** A query as an object. What is given twice would have one of its values ignored. @throws SealtrailError `request_invalid` */
export function queryOf(url: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URL(url).searchParams) {
    if (Object.hasOwn(query, name)) {
      throw new SealtrailError(
        'request_invalid',
        `the query is invalid: ${name.slice(0, 64)} is given twice`,
      );
    }
    query[name] = value;
  }
  return { ...query };
}

/** Refuses what is none: replaced, it would be stored as another text than was sent. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const JSON_TYPE = /^application\/json\s*(;\s*charset=utf-8\s*)?$/i;

/** @throws SealtrailError `media_type_refused`, `request_too_large`, `request_invalid` */
export async function bodyOf(request: Request): Promise<unknown> {
  if (!JSON_TYPE.test(request.headers.get('content-type') ?? '')) {
    throw new SealtrailError('media_type_refused', 'send application/json');
  }
  const bytes = await bytesOf(request);
  try {
    return parseDistinct(UTF8.decode(bytes));
  } catch (cause) {
    const message = 'the body is not JSON in UTF-8 whose objects have each name once';
    throw new SealtrailError('request_invalid', message, {}, { cause });
  }
}

/** Reads no further than the limit, whatever the headers say about the length. */
async function bytesOf(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > MAX_BODY_BYTES) {
      throw new SealtrailError('request_too_large', `a body has at most ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
