import { keyOf } from '../access/identity.ts';
import { logFailure } from '../http/errors.ts';
import type { Call } from '../http/route.ts';
import type { Job } from '../jobs/job.ts';
import { textStream } from '../jobs/text-stream.ts';

/** What a job writes, for whoever asks. */
export function streamed(
  {
    parts: { jobs, options },
    context,
    signed,
  }: Pick<Call<never, never, never>, 'parts' | 'context' | 'signed'>,
  job: Job,
): Promise<ReadableStream<Uint8Array>> {
  return textStream(jobs, job, {
    who: keyOf(signed),
    request: context.req.raw.signal,
    mostMs: options.limits.streamSeconds * 1_000,
    onFailed: (error) => logFailure(options.logger, error, { job: job.kind }),
  });
}
