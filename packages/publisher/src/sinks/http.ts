import { post, refused } from './request.ts';
import type { Sink } from './sink.ts';

const MAX_ANSWER = 65_536;

/** Where checkpoints are posted. */
export interface HttpSinkOptions {
  readonly name: string;
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
}

/** A web address that takes each checkpoint as the text of a POST, and answers 2xx once it is kept. */
export function httpSink({ name, url, token }: HttpSinkOptions): Sink {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return {
    name,
    newestOnly: false,
    deliver: async ({ note, signal }) => {
      const answer = await post(name, url, note, { headers, maxBytes: MAX_ANSWER, signal });
      if (answer.status < 200 || answer.status > 299) throw refused(name, answer);
      return {};
    },
  };
}
