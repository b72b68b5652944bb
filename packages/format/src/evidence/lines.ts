import { z } from 'zod';
import { canonicalize, type JsonObject } from '../canonical.ts';
import { SealtrailError } from '../errors.ts';
import { parseCanonical } from '../parse.ts';
import { compactAnchor } from '../proof/compact-anchor.ts';
import { entryProofSchema } from '../proof/entry-proof.ts';
import { historyProofSchema, segmentProof } from '../proof/history-proof.ts';
import { sealCheckpointSchema } from '../proof/seal-checkpoint.ts';
import { sealedAnchorsSchema } from '../proof/sealed-anchors.ts';
import { name, position, time } from '../schemas.ts';

// Lines of an evidence bundle, SPEC 15: a proof in pieces, each by the rules that it has in the proof.

/** What the header of an evidence bundle says that it is. */
export const EVIDENCE_FORMAT = 'sealtrail-evidence/1';
/** Anchors or segments in one line, so that a line stays short. */
export const EVIDENCE_CHUNK = 500;
const MAX_SUMMARY_LINES = 1_000;
/** A disclosed value is the deepest there is: it stands in its opening, the openings, the entry and the line. */
export const MAX_LINE_DEPTH = 40;

/** Taken as it stands: a schema of records leaves out members named __proto__, and what is checked would not be what is in the file. */
const openings = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'not an object',
);

const lineSchema = z.union([
  z.strictObject({
    evidence: z.strictObject({
      format: z.literal(EVIDENCE_FORMAT),
      tenant: name,
      /** Null for the proof of one entry. */
      record: historyProofSchema.shape.record.nullable(),
      time,
    }),
  }),
  /** For people. Nothing vouches for it. */
  z.strictObject({ summary: z.array(z.string().max(4_096)).max(MAX_SUMMARY_LINES) }),
  z.strictObject({ sealed: sealedAnchorsSchema.omit({ anchors: true }) }),
  z.strictObject({ anchors: z.array(compactAnchor).min(1).max(EVIDENCE_CHUNK) }),
  z.strictObject({ segments: z.array(segmentProof).min(1).max(EVIDENCE_CHUNK) }),
  z.strictObject({
    entry: z.strictObject({
      text: entryProofSchema.shape.entry,
      /** Inclusion proof in its segment, where the proof is of this one entry. */
      path: entryProofSchema.shape.path.optional(),
      /** The openings that are disclosed. */
      openings: openings.optional(),
    }),
  }),
  z.strictObject({ checkpoint: sealCheckpointSchema }),
  z.strictObject({ end: z.strictObject({ entries: position, lines: position }) }),
]);
/** One line of an evidence bundle; its only member says of which kind. */
export type EvidenceLine = z.infer<typeof lineSchema>;

/** The text of a line, without its line end. */
export function encodeEvidenceLine(line: EvidenceLine): string {
  return canonicalize(line, MAX_LINE_DEPTH);
}

/**
 * Reads a line of an attacker-controlled file.
 *
 * @throws SealtrailError `bundle_malformed`
 */
export function readEvidenceLine(text: string): EvidenceLine {
  const value = parseCanonical(text, MAX_LINE_DEPTH, 'bundle_malformed');
  const parsed = lineSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SealtrailError('bundle_malformed', 'the evidence is malformed: a line is of no known kind');
}
