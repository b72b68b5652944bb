import { type BundleHeader, type BundleLine, SealtrailError } from '@sealtrail/format';

/** The error of a bundle that is not of the form of SPEC 8.4. */
export function malformedBundle(why: string): SealtrailError {
  return new SealtrailError('bundle_malformed', `the bundle is malformed: ${why}`);
}

/** The error of a bundle that ends before its last line. */
export function cutBundle(): SealtrailError {
  return new SealtrailError('bundle_truncated', 'the bundle was cut: its last line is missing');
}

/** An entry has its openings in its line, or none of the bundle has. @throws SealtrailError `bundle_malformed` */
export function checkPlaceOfOpenings(line: BundleLine, openings: BundleHeader['openings']): void {
  if (line.kind !== 'entry' || (line.openings !== undefined) === (openings === 'included')) return;
  throw malformedBundle('openings are not where the header says');
}
