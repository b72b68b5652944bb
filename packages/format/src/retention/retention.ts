import { z } from 'zod';
import type { EntryDraft } from '../draft.ts';
import { readEntry } from '../entry.ts';
import type { Actor, Target } from '../entry-types.ts';
import { isName, MAX_NAME_LENGTH } from '../names.ts';
import { hash, position, reference, word } from '../schemas.ts';
import { holdId, looksReleased, prunedId, releasedId } from './ids.ts';

// Entries by which a log keeps its own rules of retention (SPEC 17).

const RETENTION_SET = 'retention.set';
/** Type of the entry that accounts for segments that were removed. */
export const RETENTION_PRUNED = 'retention.pruned';
const HOLD_SET = 'hold.set';
const HOLD_RELEASED = 'hold.released';

/** Shortest time, in days, for which a rule that is named asks to keep records. `custom` has none. */
export const RETENTION_FLOORS = {
  /** Regulation (EU) 2024/1689, Articles 19 and 26: six months. */
  eu_ai_act: 184,
  /** 45 CFR 164.316: six years. */
  hipaa: 2_192,
  /** 17 CFR 240.17a-4: seven years with the year of transition that brokers keep. */
  sec_17a_4: 2_557,
  custom: 0,
} as const;
/** One of the rules of {@link RETENTION_FLOORS}. */
export type RetentionPreset = keyof typeof RETENTION_FLOORS;
const MAX_DAYS = 36_525;

const policyData = z
  .strictObject({
    preset: z.enum(['eu_ai_act', 'hipaa', 'sec_17a_4', 'custom']),
    days: position.refine((days) => days >= 1 && days <= MAX_DAYS, `must be from 1 to ${MAX_DAYS}`),
  })
  .refine(({ preset, days }) => days >= RETENTION_FLOORS[preset], 'is below what the rule asks for');
/** How long entries are kept at least. */
export type RetentionPolicy = z.infer<typeof policyData>;

/** Holds that a log can carry over a pruning: their list is part of one entry. */
export const MAX_CARRIED_HOLDS = 200;

const carriedHold = z.strictObject({
  hold: reference,
  target: z
    .strictObject({
      about: z.enum(['record', 'subject']),
      type: word,
      id: reference,
    })
    .nullable(),
});

const prunedData = z.strictObject({
  /** Everything up to here was removed, this position included. */
  to: position,
  /** The anchor that ends there: its number and hash. */
  anchor: z.strictObject({ number: position, hash }),
  /** The rules that stood when this was written, since the entries that made them may be among those removed. */
  rules: z.strictObject({ policy: policyData, holds: z.array(carriedHold).max(MAX_CARRIED_HOLDS) }),
  /** The archive: its first position, the SHA-256 of its file, and whether the values are in it. */
  archive: z.strictObject({ from: position, sha256: hash, openings: z.enum(['included', 'withheld']) }),
});
/** What an entry says about segments that were removed. */
export type PrunedData = z.infer<typeof prunedData>;

const HOLD_SCOPES = ['tenant', 'record', 'subject'] as const;
const holdData = z.strictObject({ hold: reference, about: z.enum(HOLD_SCOPES) });
const releaseData = z.strictObject({ hold: reference });

/** A legal hold: nothing of this may be destroyed while it stands. */
export interface Hold {
  readonly hold: string;
  /** A subject or record; null for the whole tenant. */
  readonly target: (Target & { readonly about: 'record' | 'subject' }) | null;
}

/** What an entry says about retention. */
export type RetentionEvent =
  | { readonly kind: 'policy'; readonly policy: RetentionPolicy }
  | { readonly kind: 'pruned'; readonly pruned: PrunedData }
  | { readonly kind: 'hold'; readonly hold: Hold }
  | { readonly kind: 'released'; readonly hold: string };

/** Types of entries that {@link readRetention} looks at. */
export const RETENTION_TYPES: readonly string[] = [RETENTION_SET, RETENTION_PRUNED, HOLD_SET, HOLD_RELEASED];

/** Undefined for an entry that says nothing of the kind, whatever its type says. */
export function readRetention(text: string): RetentionEvent | undefined {
  const { type, data, targets, seq } = readEntry(text);
  switch (type) {
    case RETENTION_SET: {
      const parsed = policyData.safeParse(data);
      return parsed.success ? { kind: 'policy', policy: parsed.data } : undefined;
    }
    case RETENTION_PRUNED: {
      const parsed = prunedData.safeParse(data);
      return parsed.success && parsed.data.to < seq ? { kind: 'pruned', pruned: parsed.data } : undefined;
    }
    case HOLD_SET: {
      const parsed = holdData.safeParse(data);
      const [target, more] = targets;
      if (!parsed.success || more !== undefined) return undefined;
      const { hold, about } = parsed.data;
      if (about === 'tenant')
        return target === undefined ? { kind: 'hold', hold: { hold, target: null } } : undefined;
      return target === undefined
        ? undefined
        : { kind: 'hold', hold: { hold, target: { ...target, about } } };
    }
    case HOLD_RELEASED: {
      const parsed = releaseData.safeParse(data);
      return parsed.success ? { kind: 'released', hold: parsed.data.hold } : undefined;
    }
    default:
      return undefined;
  }
}

// What is written is read again as a reader will: of what that takes no notice of nobody may believe that it stands.

/**
 * The entry that sets how long entries are kept at least.
 *
 * @param reason in the words of who decided; sealed
 * @throws ZodError for a policy below the floor of its preset
 */
export function retentionDraft(actor: Actor, policy: RetentionPolicy, reason?: string): EntryDraft {
  return { type: RETENTION_SET, actor, data: { ...policyData.parse(policy) }, ...sealedReason(reason) };
}

/** The entry that accounts for segments that are about to be removed. @throws ZodError */
export function prunedDraft(actor: Actor, pruned: PrunedData): EntryDraft {
  return { id: prunedId(pruned.to), type: RETENTION_PRUNED, actor, data: prunedData.parse(pruned) };
}

/** So that the name of a hold fits into the ids of its entries. */
export const MAX_HOLD_NAME = MAX_NAME_LENGTH - releasedId('').length;

/** Whether a hold can have this name: what sets one must not have the id of what ends another. */
export function isHoldName(value: unknown): value is string {
  return isName(value) && value.length <= MAX_HOLD_NAME && !looksReleased(value);
}

/**
 * The entry that sets a legal hold.
 *
 * @param reason in the words of who decided; sealed
 * @throws ZodError
 */
export function holdDraft(actor: Actor, given: Hold, reason?: string): EntryDraft {
  const { hold, target } = carriedHold.parse(given);
  return {
    id: holdId(hold),
    type: HOLD_SET,
    actor,
    targets: target === null ? [] : [{ type: target.type, id: target.id }],
    data: { hold, about: target?.about ?? 'tenant' },
    ...sealedReason(reason),
  };
}

/** The entry that ends a legal hold. @throws ZodError */
export function releaseDraft(actor: Actor, hold: string, reason?: string): EntryDraft {
  return {
    id: releasedId(hold),
    type: HOLD_RELEASED,
    actor,
    data: releaseData.parse({ hold }),
    ...sealedReason(reason),
  };
}

function sealedReason(reason: string | undefined): Pick<EntryDraft, 'sealed'> {
  return reason === undefined ? {} : { sealed: { reason } };
}
