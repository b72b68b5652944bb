import type { Openings } from '../commitment.ts';
import { readEntry } from '../entry.ts';
import { isHistoryProof, provedTexts } from '../proof/either-proof.ts';
import type { EntryProof } from '../proof/entry-proof.ts';
import type { HistoryProof } from '../proof/history-proof.ts';
import { EVIDENCE_CHUNK, EVIDENCE_FORMAT, type EvidenceLine } from './lines.ts';

/** What an evidence bundle is made of. */
export interface EvidenceParts {
  readonly proof: EntryProof | HistoryProof;
  /** When it is made. */
  readonly time: string;
  readonly summary: readonly string[];
  /** What is disclosed of an entry, by its text; undefined for nothing. */
  readonly openingsOf: (text: string) => Openings | undefined;
}

/** The lines of an evidence bundle, in order. */
export function* evidenceLines({ proof, time, summary, openingsOf }: EvidenceParts): Generator<EvidenceLine> {
  let lines = 0;
  let entries = 0;
  for (const line of body({ proof, time, summary, openingsOf })) {
    lines++;
    if ('entry' in line) entries++;
    yield line;
  }
  yield { end: { entries, lines: lines + 1 } };
}

function* body({ proof, time, summary, openingsOf }: EvidenceParts): Generator<EvidenceLine> {
  const history = isHistoryProof(proof);
  const tenant = history ? proof.tenant : readEntry(proof.entry).tenant;
  const { start, anchors, directory, seal } = proof.sealed;
  yield { evidence: { format: EVIDENCE_FORMAT, tenant, record: history ? proof.record : null, time } };
  yield { summary: [...summary] };
  yield { sealed: { start, directory, seal } };
  for (const chunk of chunks(anchors)) yield { anchors: chunk };
  for (const chunk of chunks(history ? proof.segments : [])) yield { segments: chunk };
  for (const text of provedTexts(proof)) {
    const openings = openingsOf(text);
    yield {
      entry: {
        text,
        ...(history ? {} : { path: proof.path }),
        ...(openings === undefined ? {} : { openings: { ...openings } as Record<string, never> }),
      },
    };
  }
  if (proof.checkpoint !== undefined) yield { checkpoint: proof.checkpoint };
}

function* chunks<T>(all: readonly T[]): Generator<T[]> {
  for (let i = 0; i < all.length; i += EVIDENCE_CHUNK) yield all.slice(i, i + EVIDENCE_CHUNK);
}
