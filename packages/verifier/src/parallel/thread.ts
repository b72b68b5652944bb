import { isSealtrailError } from '@sealtrail/format';
import { openSource } from '../open.ts';
import { bundlePart } from '../readers/bundle-part.ts';
import type { Location, LogSource } from '../source.ts';
import { type PartJob, type PartResult, walkPart } from './walk-part.ts';

/** What is sent to a thread. */
export interface Task {
  readonly location: Location;
  readonly openings: LogSource['openings'];
  readonly job: PartJob;
}

/** Opens the source anew and walks one part of it. What cannot be read is for the walk through all of it to say. */
export default async function ({ location, openings, job }: Task): Promise<PartResult | undefined> {
  try {
    const { bytes } = job.part;
    if (bytes !== undefined) {
      return await walkPart(
        { columns: false, openings },
        bundlePart(location.path, job.part, bytes, openings),
        job,
      );
    }
    const source = await openSource(location.path, { database: location.database });
    try {
      return await walkPart(source, await source.log(job.tenant), job);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (isSealtrailError(error)) return undefined;
    throw error;
  }
}
