import type { LogSource } from '../source.ts';
import { SectionAnchors } from './bundle-anchors.ts';
import { cutSection } from './bundle-cuts.ts';
import { findSection } from './bundle-section.ts';
import { type BundleFile, openBundleLines } from './bundle-source.ts';
import { isGzipFile, openFile, readLines } from './file-lines.ts';

/**
 * Opens an exported bundle (SPEC 8.4).
 *
 * @throws SealtrailError `source_invalid` when the file cannot be read, `bundle_malformed` when it is no bundle
 */
export async function openBundle(path: string): Promise<LogSource> {
  const lines = (offset: number) => readLines(path, offset === 0 ? undefined : { start: offset });
  // What is packed can only be read from its beginning.
  const file = (await isPacked(path)) ? undefined : plainFile(path);
  return openBundleLines(lines, { path }, file);
}

function plainFile(path: string): BundleFile {
  return {
    cut: (section, size) => cutSection(path, section, size),
    find: (tenant) => findSection(path, tenant),
    anchors: (section, openings) => new SectionAnchors(path, section, openings),
  };
}

async function isPacked(path: string): Promise<boolean> {
  const file = await openFile(path);
  try {
    return await isGzipFile(file);
  } finally {
    await file.close();
  }
}
