import { checkArgument, isObject } from '@sealtrail/format';
import type { Action } from './action.ts';
import type { ProposalRef, Trail } from './trail/trail.ts';

// What no compiler looked at may be missing, or be the promise of it: each of these says so instead of failing at the first member.

const hasFunctions = (value: unknown, ...names: readonly string[]) =>
  names.every((name) => typeof Object(value)[name] === 'function');

export const isAction = (value: unknown): value is Action =>
  hasFunctions(value, 'parse', 'targets', 'approval');
export const isTrail = (value: unknown): value is Trail => hasFunctions(value, 'propose');

/** @throws SealtrailError `config_invalid` */
export function checkAction(call: string, action: unknown): void {
  checkArgument(call, 'an action of defineAction', action, isAction, 'config_invalid');
}

/** @throws SealtrailError `config_invalid` */
export function checkTrail(call: string, trail: unknown): void {
  checkArgument(call, 'a trail, as Sealtrail.trail gives it', trail, isTrail, 'config_invalid');
}

/** @throws SealtrailError `draft_invalid` */
export function checkObject(call: string, what: string, given: unknown): void {
  checkArgument(call, what, given, isObject, 'draft_invalid');
}

/** @throws SealtrailError `draft_invalid` */
export function checkList(call: string, what: string, given: unknown): void {
  checkArgument(call, what, given, Array.isArray, 'draft_invalid');
}

/** The id of a proposal. @throws SealtrailError `draft_invalid` for what is none */
export function idOf(call: string, proposal: ProposalRef): string {
  const id = typeof proposal === 'string' ? proposal : Object(proposal).id;
  checkArgument(call, 'a proposal, or its id', proposal, () => typeof id === 'string', 'draft_invalid');
  return id;
}
