import { type SystemActor, systemActor } from '@sealtrail/events';
import { isReference, parseOptions } from '@sealtrail/format';
import { z } from 'zod';
import type { Policy } from './policy.ts';

export interface TrailOptions {
  /** Rules that decide without a person, in this order, before standing grants do. */
  readonly policies?: readonly Policy[] | undefined;
  /** Who acts for policies, grants and expiry in the log; default `{type: 'system', id: 'sealtrail'}`. */
  readonly system?: SystemActor | undefined;
  /** The host's clock, in milliseconds since 1970; for tests. */
  readonly now?: (() => number) | undefined;
}

const reference = z.custom<string>(isReference, 'must be 1 to 256 bytes without control characters');
const callback = z.custom((value) => typeof value === 'function', 'must be a function');

const schema = z.strictObject({
  // A host's policies may have more members, which are its own.
  policies: z.array(z.object({ id: reference, version: reference.optional(), decide: callback })).optional(),
  system: systemActor.optional(),
  now: callback.optional(),
});

/** Before anything is recorded: a policy that is none would be found out when it is asked about a proposal that is in the log. */
export function checkTrailOptions(options: TrailOptions): void {
  parseOptions('trail', schema, options);
}
