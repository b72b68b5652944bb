import { readBundleLine } from '@sealtrail/format';
import type { LogBatch, LogReader, LogSource, Part } from '../source.ts';
import { checkPlaceOfOpenings, malformedBundle } from './bundle-faults.ts';
import { type SectionLine, sectionRows } from './bundle-rows.ts';
import { type ByteRange, readLines } from './file-lines.ts';

/**
 * The walk over one part of a bundle's section, which is read by its place in the file.
 *
 * @throws SealtrailError `bundle_malformed` while it is walked, also for a line that belongs into no section
 */
export function bundlePart(
  path: string,
  { from }: Part,
  bytes: ByteRange,
  openings: LogSource['openings'],
): Pick<LogReader, 'walk'> {
  return {
    // All of it: what stands in the wrong place must be seen.
    walk: (): AsyncIterable<LogBatch> => sectionRows(sectionOf(path, bytes, openings), from, { from }),
  };
}

/** Lines of a section, read by their place in the file. @throws SealtrailError `bundle_malformed` */
export async function* sectionOf(
  path: string,
  bytes: ByteRange,
  openings: LogSource['openings'],
): AsyncGenerator<SectionLine[]> {
  for await (const { lines } of readLines(path, bytes)) {
    yield lines.map((text) => {
      const line = readBundleLine(text);
      if (line.kind !== 'entry' && line.kind !== 'anchor')
        throw malformedBundle('something else stands among the entries');
      checkPlaceOfOpenings(line, openings);
      return line;
    });
  }
}
