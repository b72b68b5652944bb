import { defineAction } from '@sealtrail/sdk';
import { z } from 'zod';

const DAY = 24 * 60 * 60 * 1000;

export const readContact = defineAction({
  name: 'read_contact',
  description: 'Reads a contact.',
  input: z.strictObject({ id: z.string() }),
  targets: ({ id }) => [{ type: 'contact', id }],
  approval: 'not_required',
});

export const updateContact = defineAction({
  name: 'update_contact',
  description: 'Changes the phone number of a contact.',
  input: z.strictObject({ id: z.string(), phone: z.string() }),
  targets: ({ id }) => [{ type: 'contact', id }],
  personal: ['phone'],
  expires_after_ms: DAY,
});

export const setDiscount = defineAction({
  name: 'set_discount',
  description: 'Sets the discount of a deal, in percent.',
  input: z.strictObject({ deal: z.string(), percent: z.number().min(0).max(100) }),
  targets: ({ deal }) => [{ type: 'deal', id: deal }],
  risk: 'high',
  expires_after_ms: DAY,
});

export const sendMail = defineAction({
  name: 'send_mail',
  description: 'Sends a mail to a contact.',
  input: z.strictObject({ to: z.string(), text: z.string() }),
  targets: ({ to }) => [{ type: 'contact', id: to }],
  personal: ['text'],
  expires_after_ms: DAY,
});
