import { type Actor, SealtrailError } from '@sealtrail/format';

/**
 * What is destroyed, held and kept is a person's decision.
 *
 * @throws SealtrailError `actor_refused`
 */
export function checkPerson({ type, auth_method }: Actor): void {
  if (type !== 'user' || auth_method === undefined) {
    throw new SealtrailError(
      'actor_refused',
      'only a person who is signed in decides on erasure and retention',
    );
  }
}
