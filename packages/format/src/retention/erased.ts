import { z } from 'zod';
import type { EntryDraft } from '../draft.ts';
import { readEntry } from '../entry.ts';
import type { Actor } from '../entry-types.ts';
import { isFieldName, isName, MAX_NAME_LENGTH } from '../names.ts';
import { hash, position, reference } from '../schemas.ts';
import { erasedId } from './ids.ts';

/** The entry that accounts for values that were destroyed (SPEC 16). */
export const ERASED_TYPE = 'log.erased';

/** Why values were destroyed: the closed list of SPEC 16. What is not in it is `other`, with a note. */
export const LEGAL_BASES = [
  'gdpr_art_17',
  'consent_withdrawn',
  'objection',
  'unlawful_processing',
  'retention_elapsed',
  'court_order',
  'other',
] as const;
/** One of {@link LEGAL_BASES}. */
export type LegalBasis = (typeof LEGAL_BASES)[number];

/** Runs of positions in one entry, so that its text stays below the limit. */
export const MAX_ERASED_RUNS = 1_000;

const run = z.tuple([position, position]).refine(([from, to]) => from <= to, 'ends before it begins');

const erasedData = z.strictObject({
  /** Names the erasure; all its entries have the same. */
  erasure: reference,
  basis: z.enum(LEGAL_BASES),
  /** What was asked to be erased: everything about a person, or about a record. */
  about: z.enum(['subject', 'record']),
  /** Key of that person or record (SPEC 6): who knows the id can recognise it, nobody else learns it. */
  reference: hash,
  /** Which of the erasure's entries this is, from 0, and how many there are. */
  part: position,
  parts: position,
  /** What was destroyed: field names, and the positions of entries that lost all of them, as runs. */
  values: z
    .array(
      z.strictObject({
        fields: z.array(z.custom<string>(isFieldName, 'not a field')).min(1).max(64),
        at: z.array(run).min(1).max(MAX_ERASED_RUNS),
      }),
    )
    .min(1),
});
const erasedEntry = erasedData.refine(({ part, parts }) => part < parts, 'is none of its parts');

/** What was destroyed: names of fields, and the runs of positions that lost them. */
export type ErasedValues = z.infer<typeof erasedData>['values'];
/** What one entry says about an erasure. */
export type ErasedData = z.infer<typeof erasedData>;

/** So that the name of an erasure fits into the ids of its entries, however many they are. */
export const MAX_ERASURE_NAME = MAX_NAME_LENGTH - erasedId('', 99_999).length;

/** Whether an erasure can have this name. */
export function isErasureName(value: unknown): value is string {
  return isName(value) && value.length <= MAX_ERASURE_NAME;
}

/**
 * The entry that accounts for destroyed values, or one of several.
 *
 * @param note why, in the words of who decided; sealed like every free text
 * @throws ZodError for what {@link readErased} would take no notice of
 */
export function erasedDraft(actor: Actor, data: ErasedData, note?: string): EntryDraft {
  return {
    id: erasedId(data.erasure, data.part),
    type: ERASED_TYPE,
    actor,
    data: erasedData.parse(data),
    ...(note === undefined ? {} : { sealed: { note } }),
  };
}

/** What an entry accounts for; undefined for one that accounts for nothing, whatever its type says. */
export function readErased(text: string): ErasedData | undefined {
  const { type, data, seq } = readEntry(text);
  const parsed = type === ERASED_TYPE ? erasedEntry.safeParse(data) : undefined;
  if (parsed?.success !== true) return undefined;
  // Only what stood before it can have been destroyed when it was written.
  return parsed.data.values.every(({ at }) => at.every(([, to]) => to < seq)) ? parsed.data : undefined;
}
