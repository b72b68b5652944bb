import { z } from 'zod';
import { canonicalize } from './canonical.ts';
import { FORMAT_VERSION } from './entry-types.ts';
import { SealtrailError } from './errors.ts';
import { type Hash, leafHash } from './hash.ts';
import { parseCanonical } from './parse.ts';
import { hash, name, position, time } from './schemas.ts';

/** Entries under one anchor, at the most. */
export const MAX_SEGMENT_ENTRIES = 65_536;
/** Entries under one anchor, unless whoever anchors says otherwise. */
export const DEFAULT_SEGMENT_ENTRIES = 4_096;
/** No anchor comes near this; a stored text beyond it is not worth parsing. */
const MAX_ANCHOR_CHARACTERS = 4_096;

/** What {@link Anchor} has to be like. */
const anchorSchema = z
  .strictObject({
    v: z.literal(FORMAT_VERSION),
    tenant: name,
    number: position,
    from: position,
    to: position,
    entries_root: hash,
    records_root: hash,
    records_size: position,
    last: hash,
    prev: hash,
    time,
  })
  .readonly()
  .refine((a) => a.to >= a.from && a.to - a.from < MAX_SEGMENT_ENTRIES, 'the segment is empty or too long');

/** The statement over one segment, SPEC 7. */
export type Anchor = z.infer<typeof anchorSchema>;

/** The hash of an anchor's canonical text: the next anchor's `prev`. */
export const anchorHash: (text: string) => Hash = leafHash;

/** The canonical text of an anchor. @throws SealtrailError `anchor_malformed` */
export function encodeAnchor(anchor: Anchor): string {
  const text = canonicalize(anchor);
  readAnchor(text);
  return text;
}

/** Reads an anchor from its stored, attacker-controlled text. @throws SealtrailError `anchor_malformed` */
export function readAnchor(text: string): Anchor {
  if (text.length > MAX_ANCHOR_CHARACTERS) {
    throw new SealtrailError('anchor_malformed', 'the anchor is malformed: too long');
  }
  const result = anchorSchema.safeParse(parseCanonical(text, 2, 'anchor_malformed'));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.join('.') ?? '';
  throw new SealtrailError(
    'anchor_malformed',
    `the anchor is malformed: ${where} ${issue?.message ?? ''}`.trim(),
  );
}
