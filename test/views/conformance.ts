import type { NewPlace } from '../support/places.ts';
import { assembled } from './conformance/assembled.ts';
import { coaching } from './conformance/coaching.ts';
import { due } from './conformance/due.ts';
import { foreign } from './conformance/foreign.ts';
import { meanwhile } from './conformance/meanwhile.ts';
import { projecting } from './conformance/projecting.ts';
import { property } from './conformance/property.ts';
import { search } from './conformance/search.ts';

/**
 * What the views must keep to, whatever their index is made of.
 *
 * @param randomLogs number of random logs to try
 */
export function conformance(newPlace: NewPlace, randomLogs: number): void {
  search(newPlace);
  assembled(newPlace);
  coaching(newPlace, randomLogs);
  due(newPlace);
  foreign(newPlace);
  projecting(newPlace);
  meanwhile(newPlace);
  property(newPlace, randomLogs);
}
