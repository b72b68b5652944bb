import type { LogSource } from '../source.ts';
import { indexBundle } from './bundle-index.ts';
import { openBundleLines } from './bundle-source.ts';
import { readLines } from './file-lines.ts';

/**
 * Opens an exported bundle (SPEC 8.4).
 *
 * @throws SealtrailError `source_invalid` when the file cannot be read, `bundle_malformed` when it is no bundle
 */
export async function openBundle(path: string): Promise<LogSource> {
  let index: ReturnType<typeof indexBundle> | undefined;
  return openBundleLines((offset) => readLines(path, offset === 0 ? undefined : { start: offset }), {
    location: { path },
    section: async (tenant, size) => {
      index ??= indexBundle(path, size);
      return (await index)?.get(tenant);
    },
  });
}
