import { isSealtrailError, SealtrailError } from '@sealtrail/format';
import { makeRequest, readResponse } from '@sealtrail/timestamp';
import { encodeCheckpoint } from '@sealtrail/tlog';
import { post, refused } from './request.ts';
import type { Sink } from './sink.ts';

const MAX_ANSWER = 262_144;

/** Which authority is asked. */
export interface Rfc3161SinkOptions {
  readonly name: string;
  readonly url: string;
  /** Certificates (PEM) that the authority's own must lead to. Given, a token is verified before it is kept. */
  readonly certificates?: string | undefined;
}

/** A time-stamping authority (RFC 3161): it says when a checkpoint existed at the latest. */
export function rfc3161Sink({ name, url, certificates }: Rfc3161SinkOptions): Sink {
  return {
    name,
    newestOnly: true,
    deliver: async ({ checkpoint, signal }) => {
      const text = encodeCheckpoint(checkpoint);
      const request = makeRequest(text);
      const headers = { 'content-type': 'application/timestamp-query' };
      const answer = await post(name, url, request.der, { headers, maxBytes: MAX_ANSWER, signal });
      if (answer.status !== 200) throw refused(name, answer);
      try {
        return { timestamp: await readResponse(answer.body, text, request.nonce, certificates) };
      } catch (cause) {
        if (!isSealtrailError(cause)) throw cause;
        throw new SealtrailError('sink_failed', `${name}: ${cause.message}`, { sink: name }, { cause });
      }
    },
  };
}
