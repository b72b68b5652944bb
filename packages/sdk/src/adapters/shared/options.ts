import { agentActor } from '@sealtrail/events';
import { isReference, SealtrailError } from '@sealtrail/format';
import { z } from 'zod';
import type { Action } from '../../action.ts';
import { checkAction, isAction, isTrail } from '../../arguments.ts';
import { checkRun } from '../../trail/result.ts';
import type { Trail } from '../../trail/trail.ts';

// What the options of adapters are made of. A host whose `onFailure` or `signedIn` is misspelt would never hear of it.

export const callback = z.custom((value) => typeof value === 'function', 'must be a function');
export const reference = z.custom<string>(isReference, 'must be a text of 1 to 256 bytes');
export const trail = z.custom<Trail>(isTrail, 'must be a trail, as Sealtrail.trail gives it');
export const agent = z.strictObject(
  { ...agentActor.shape, type: agentActor.shape.type.optional() },
  { error: (issue) => (issue.code === 'invalid_type' ? "must be such as { id: 'assistant' }" : undefined) },
);
export const actions = z.array(z.custom<Action>(isAction, 'must be an action of defineAction'), {
  error: 'must be a list of actions',
});

/** An option that is asked for each call. */
export function orAsked<T extends z.ZodType>(option: T): z.ZodType {
  return z.unknown().superRefine((value, context) => {
    if (typeof value === 'function') return;
    for (const { path, message } of option.safeParse(value).error?.issues ?? [])
      context.addIssue({ code: 'custom', path, message });
  });
}

/** What a tool is made of: its schema, and what carries it out. @throws SealtrailError `config_invalid` */
export function checkTool(action: Action, execute: unknown): z.ZodObject {
  checkAction('a tool', action);
  const { name, input } = action;
  if (!(input instanceof z.ZodObject)) {
    throw new SealtrailError('config_invalid', `${name}: the input of a tool is a zod object`);
  }
  checkRun(name, execute);
  return input;
}
