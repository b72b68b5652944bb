import { type Evidence, EvidenceCollector, readEvidenceLine, SealtrailError } from '@sealtrail/format';
import { readLines } from '../readers/file-lines.ts';

/** A history over a billion entries is smaller; beyond it a file is not worth reading. */
const MAX_CHARACTERS = 536_870_912;

/**
 * Reads an evidence bundle, plain or in gzip; nothing of it is verified yet.
 *
 * @throws SealtrailError `bundle_malformed`, `bundle_truncated`, `source_invalid`
 */
export async function readEvidence(path: string): Promise<Evidence> {
  const collector = new EvidenceCollector();
  let characters = 0;
  for await (const { lines } of readLines(path)) {
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
