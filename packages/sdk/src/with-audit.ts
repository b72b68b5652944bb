import { checkArgument, isObject, SealtrailError } from '@sealtrail/format';
import type { z } from 'zod';
import {
  type Action,
  type ActionDefinition,
  defineAction,
  type InputOf,
  type ParsedInputOf,
} from './action.ts';
import { checkObject, checkTrail } from './arguments.ts';
import type { Agent, ProposeOptions } from './trail/propose.ts';
import { checkRun } from './trail/result.ts';
import type { Trail } from './trail/trail.ts';

/** What an agent says with a call. */
export type CallOptions<A extends Action> = Omit<ProposeOptions<A>, 'agent' | 'input'> & {
  readonly agent?: Agent | undefined;
};

/** A function under audit: each call is a proposal first. */
export interface Audited<A extends Action, T> {
  /**
   * Proposes and, when nobody has to approve or a policy or grant did, executes.
   *
   * @throws SealtrailError `approval_pending` with the proposal's id in `detail.proposal` when a person has to decide;
   *   `not_approved` when a policy denied
   */
  (input: InputOf<A>, options: CallOptions<A>): Promise<T>;
  /** Executes a proposal that was approved since. */
  resume(proposal: string): Promise<T>;
  readonly action: A;
}

/**
 * Puts a plain function under audit, for agents without a framework.
 *
 * @throws SealtrailError `config_invalid`
 *
 * @example
 * const updateContact = withAudit(trail, { name: 'update_contact', input, targets, agent: { id: 'assistant' } }, update);
 * await updateContact({ id: 'c-1', phone: '+44 20 ...' }, { rationale: 'She moved.', confidence: 0.9 });
 */
export function withAudit<const Name extends string, Input extends z.ZodType, T>(
  trail: Trail,
  definition: ActionDefinition<Name, Input> & { readonly agent: Agent },
  run: (input: z.output<Input>) => T | Promise<T>,
): Audited<Action<Name, Input>, T> {
  checkArgument('withAudit', 'the definition of an action', definition, isObject, 'config_invalid');
  const { agent, ...rest } = definition;
  const action = defineAction<Name, Input>(rest);
  checkTrail('withAudit', trail);
  checkRun(action.name, run);
  const call = async (
    input: InputOf<Action<Name, Input>>,
    options: CallOptions<Action<Name, Input>>,
  ): Promise<T> => {
    checkObject(action.name, 'what the agent says of it (rationale, confidence and so on)', options);
    const proposal = await trail.propose(action, { ...options, agent: options.agent ?? agent, input });
    if (proposal.status === 'pending') {
      throw new SealtrailError('approval_pending', `${action.name} waits for approval as ${proposal.id}`, {
        proposal: proposal.id,
      });
    }
    return trail.execute(action, proposal, run as (input: ParsedInputOf<typeof action>) => T | Promise<T>);
  };
  const resume = (proposal: string) =>
    trail.execute(action, proposal, run as (input: ParsedInputOf<typeof action>) => T | Promise<T>);
  return Object.assign(call, { resume, action });
}
