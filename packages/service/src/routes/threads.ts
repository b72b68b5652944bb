import { keyOf } from '../access/identity.ts';
import { logFailure } from '../http/errors.ts';
import type { Call } from '../http/route.ts';
import type { Job } from '../jobs/job.ts';
import { textStream } from '../jobs/text-stream.ts';

/** What is asked of a thread, and for whom. */
export type Asked = Pick<Call<never, never, never>, 'parts' | 'context' | 'signed'>;

/** What a job comes to, for whoever asks. */
export async function answered({ parts, context, signed }: Asked, job: Job): Promise<object> {
  return (await parts.jobs.run(job, keyOf(signed), { signal: context.req.raw.signal })) as object;
}

/** What a job writes, for whoever asks. */
export function streamed(
  { parts: { jobs, options }, context, signed }: Asked,
  job: Job,
): Promise<ReadableStream<Uint8Array>> {
  return textStream(jobs, job, {
    who: keyOf(signed),
    request: context.req.raw.signal,
    mostMs: options.limits.streamSeconds * 1_000,
    onFailed: (error) => logFailure(options.logger, error, { job: job.kind }),
  });
}
