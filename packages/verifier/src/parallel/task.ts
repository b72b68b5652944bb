import { isSealtrailError } from '@sealtrail/format';
import { openSource } from '../open.ts';
import { bundlePart } from '../readers/bundle-part.ts';
import type { Location, LogReader, LogSource } from '../source.ts';
import { type PartJob, type PartResult, walkPart } from './walk-part.ts';

/** One part of a log to be walked, as it is sent to a thread. */
export interface Task {
  readonly location: Location;
  readonly openings: LogSource['openings'];
  readonly job: PartJob;
}

/** What is open already, where the task was made. */
export interface Opened {
  readonly source: LogSource;
  readonly log: LogReader;
}

/**
 * Walks one part. A file of lines is opened for it, whose reader goes forward only; a store is as well, unless it is open here.
 *
 * @returns undefined also for what cannot be read: that is for the walk through all of it to say
 */
export async function walkTask(
  { location, openings, job }: Task,
  opened?: Opened,
  signal?: AbortSignal,
): Promise<PartResult | undefined> {
  try {
    const { bytes } = job.part;
    if (bytes !== undefined) {
      const part = bundlePart(location.path, job.part, bytes, openings);
      return await walkPart({ columns: false, openings }, part, job, signal);
    }
    if (opened !== undefined) return await walkPart(opened.source, opened.log, job, signal);
    const source = await openSource(location.path, { database: location.database, known: true });
    try {
      return await walkPart(source, await source.log(job.tenant), job, signal);
    } finally {
      await source.close();
    }
  } catch (error) {
    if (isSealtrailError(error)) return undefined;
    throw error;
  }
}
