import { defineAction } from '@sealtrail/sdk';
import { z } from 'zod';

export const updateContact = defineAction({
  name: 'update_contact',
  input: z.strictObject({ id: z.string(), phone: z.string() }),
  targets: ({ id }) => [{ type: 'contact', id }],
  personal: ['phone'],
  expires_after_ms: 24 * 60 * 60 * 1000,
});

export const setDiscount = defineAction({
  name: 'set_discount',
  input: z.strictObject({ deal: z.string(), percent: z.number().min(0).max(100) }),
  targets: ({ deal }) => [{ type: 'deal', id: deal }],
  risk: 'high',
});

export const sendMail = defineAction({
  name: 'send_mail',
  input: z.strictObject({ to: z.string(), subject: z.string() }),
  targets: ({ to }) => [{ type: 'contact', id: to }],
  personal: ['subject'],
});
