import { checkArgument, isObject } from '@sealtrail/format';
import { z } from 'zod';
import { recordable } from '../../trail/result.ts';

// No framework asks a model why it calls a tool, or how sure it is. Adapters add these two members to a tool's input, and take
// them out before anything is validated, shown or executed.

export const RATIONALE = '_rationale';
export const CONFIDENCE = '_confidence';

const JSON_MEMBERS = {
  [RATIONALE]: { type: 'string', description: 'Why you call this tool now, in one or two sentences.' },
  [CONFIDENCE]: { type: 'number', description: 'How sure you are that this is right, from 0 to 1.' },
} as const;

// The model is told a type, and held to none: a framework would refuse a call whose reason is null.
const MEMBERS = {
  [RATIONALE]: z.unknown().optional().meta(JSON_MEMBERS[RATIONALE]),
  [CONFIDENCE]: z.unknown().optional().meta(JSON_MEMBERS[CONFIDENCE]),
};

/** A tool's input schema with the two members added. */
export function withReasons(schema: z.ZodObject): z.ZodObject {
  return schema.extend(MEMBERS);
}

/** The same for a JSON schema of an object. @throws SealtrailError `config_invalid` */
export function withReasonsJson<T extends { readonly properties?: object | undefined }>(schema: T): T {
  checkArgument('withReasonsJson', 'the JSON schema of an object', schema, isObject, 'config_invalid');
  return {
    ...schema,
    properties: {
      ...schema.properties,
      ...JSON_MEMBERS,
    },
  };
}

/** What a model said with a call. */
export interface Reasons {
  /** The tool's own input. */
  readonly input: unknown;
  readonly rationale: string | null;
  readonly confidence: number | null;
}

/** Takes the two members out of what a model gave. What it did not give, or not as asked, is null: a call never fails for it. */
export function takeReasons(given: unknown): Reasons {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { input: given, rationale: null, confidence: null };
  }
  const { [RATIONALE]: rationale, [CONFIDENCE]: confidence, ...input } = given as Record<string, unknown>;
  const sure = typeof confidence === 'number' && confidence >= 0 && confidence <= 1;
  return {
    input,
    rationale: typeof rationale === 'string' && rationale !== '' ? asKept(rationale) : null,
    confidence: sure ? confidence : null,
  };
}

/** A text that can be recorded: models break characters in two, and go on and on. */
function asKept(text: string): string | null {
  const whole = text.toWellFormed();
  return 'result' in recordable(whole) ? whole : null;
}
