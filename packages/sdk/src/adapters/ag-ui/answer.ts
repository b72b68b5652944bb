import type { ResumeEntry } from '@ag-ui/core';
import { SealtrailError } from '@sealtrail/format';
import { z } from 'zod';

/** What a frontend answers to an interrupt. Everything in it is the browser's: who decides is not. */
export const answerSchema = z.strictObject({
  approved: z.boolean(),
  /** The changed input, for an approval with changes. */
  input: z.unknown().optional(),
  reason: z.string().max(10_000).optional(),
});
export type AnswerPayload = z.infer<typeof answerSchema>;

/** The same for the interrupt's `responseSchema`, so that a frontend can build a form. */
export const RESPONSE_SCHEMA = {
  type: 'object',
  properties: {
    approved: { type: 'boolean' },
    input: { description: 'The input as it shall be, to approve it with changes.' },
    reason: { type: 'string' },
  },
  required: ['approved'],
  additionalProperties: false,
} as const;

/** Reads an answer. @throws SealtrailError `input_invalid` */
export function readAnswer({ interruptId, payload }: ResumeEntry): AnswerPayload {
  const parsed = answerSchema.safeParse(payload);
  if (parsed.success && (parsed.data.approved || parsed.data.input === undefined)) return parsed.data;
  throw new SealtrailError('input_invalid', `the answer to the interrupt ${interruptId} is not understood`, {
    interrupt: interruptId,
  });
}
