import { z } from 'zod';

// No framework asks a model why it calls a tool, or how sure it is. Adapters add these two members to a tool's input, and take
// them out before anything is validated, shown or executed.

export const RATIONALE = '_rationale';
export const CONFIDENCE = '_confidence';

const MEMBERS = {
  [RATIONALE]: z.string().optional().describe('Why you call this tool now, in one or two sentences.'),
  [CONFIDENCE]: z.number().optional().describe('How sure you are that this is right, from 0 to 1.'),
};

/** A tool's input schema with the two members added. */
export function withReasons(schema: z.ZodObject): z.ZodObject {
  return schema.extend(MEMBERS);
}

/** The same for a JSON schema of an object. */
export function withReasonsJson<T extends { readonly properties?: object | undefined }>(schema: T): T {
  return {
    ...schema,
    properties: {
      ...schema.properties,
      [RATIONALE]: { type: 'string', description: MEMBERS[RATIONALE].description },
      [CONFIDENCE]: { type: 'number', description: MEMBERS[CONFIDENCE].description },
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
    rationale: typeof rationale === 'string' && rationale !== '' ? rationale : null,
    confidence: sure ? confidence : null,
  };
}
