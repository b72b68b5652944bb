import type { NewPlace } from '../support/places.ts';
import { accessLog } from './conformance/access-log.ts';
import { answers } from './conformance/answers.ts';
import { misuse } from './conformance/misuse.ts';
import { places } from './conformance/places.ts';
import { scope } from './conformance/scope.ts';
import { signIn } from './conformance/sign-in.ts';
import { verifications } from './conformance/verifications.ts';

/**
 * What the service must keep to, whatever its store is.
 *
 * @param entries how long a log has to be for its verification to be seen under way
 */
export function conformance(newPlace: NewPlace, entries: number): void {
  scope(newPlace);
  signIn(newPlace);
  answers(newPlace);
  verifications(newPlace, entries);
  places(newPlace);
  accessLog(newPlace);
  misuse(newPlace);
}
