import { type Evidence, EvidenceCollector, readEvidenceLine, SealtrailError } from '@sealtrail/format';
import { readLines } from '../readers/file-lines.ts';
import type { Lines } from '../readers/lines.ts';

/** A history over a billion entries is smaller; beyond it a file is not worth reading. */
const MAX_CHARACTERS = 536_870_912;

/**
 * Reads an evidence bundle, plain or in gzip; nothing of it is verified yet.
 *
 * @throws SealtrailError `bundle_malformed`, `bundle_truncated`, `source_invalid`
 */
export function readEvidence(path: string): Promise<Evidence> {
  return collectEvidence(readLines(path));
}

/** The same for lines that come from anywhere. */
export async function collectEvidence(batches: AsyncIterable<Lines>): Promise<Evidence> {
  const collector = new EvidenceCollector();
  let characters = 0;
  for await (const { lines } of batches) {
    for (const line of lines) {
      characters += line.length;
      if (characters > MAX_CHARACTERS) {
        throw new SealtrailError(
          'bundle_malformed',
          `the evidence is longer than ${MAX_CHARACTERS} characters`,
        );
      }
      collector.take(readEvidenceLine(line));
    }
  }
  return collector.finish();
}
