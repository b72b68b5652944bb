import type { Evidence } from '@sealtrail/format';
import { collectEvidence, readEvidence } from './evidence/read-evidence.ts';
import { kindOf, type LocationKind, readTextFile } from './location.ts';
import { openSource } from './open.ts';
import { isPiped, openPiped } from './piped.ts';
import type { LogSource } from './source.ts';

/** What shall be verified, wherever it comes from; one of the three that its kind asks for is called. */
export interface Input {
  readonly kind: LocationKind;
  /** It comes through a pipe: it is read once, and forward. */
  readonly piped: boolean;
  /** The whole text of a proof or a checkpoint. */
  text(): string | Promise<string>;
  evidence(): Promise<Evidence>;
  source(database: string | undefined): Promise<LogSource>;
  /** Ends what was not read to its end. */
  close?(): Promise<void>;
}

/** @throws SealtrailError `source_invalid` for what cannot be read */
export async function inputAt(location: string): Promise<Input> {
  if (!isPiped(location)) {
    return {
      kind: kindOf(location),
      piped: false,
      text: () => readTextFile(location),
      evidence: () => readEvidence(location),
      source: (database) => openSource(location, { database }),
    };
  }
  const { lines, ...input } = await openPiped(location);
  return { ...input, piped: true, evidence: () => collectEvidence(lines()) };
}
