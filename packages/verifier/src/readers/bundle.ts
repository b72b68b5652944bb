import type { LogSource } from '../source.ts';
import { SectionAnchors } from './bundle-anchors.ts';
import { cutSection } from './bundle-cuts.ts';
import { findSection } from './bundle-section.ts';
import { openBundleLines } from './bundle-source.ts';
import { readLines } from './file-lines.ts';

/**
 * Opens an exported bundle (SPEC 8.4).
 *
 * @throws SealtrailError `source_invalid` when the file cannot be read, `bundle_malformed` when it is no bundle
 */
export async function openBundle(path: string): Promise<LogSource> {
  return openBundleLines((offset) => readLines(path, offset === 0 ? undefined : { start: offset }), {
    location: { path },
    cut: (section, size) => cutSection(path, section, size),
    find: (tenant) => findSection(path, tenant),
    anchors: (section, openings) => SectionAnchors.of(path, section, openings),
  });
}
