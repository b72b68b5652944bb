import type { NewPlace } from '../support/places.ts';
import { anchoring } from './conformance/anchoring.ts';
import { drafts } from './conformance/drafts.ts';
import { exporting } from './conformance/exporting.ts';
import { idempotency } from './conformance/idempotency.ts';
import { limits } from './conformance/limits.ts';
import { order } from './conformance/order.ts';
import { processes } from './conformance/processes.ts';
import { reading } from './conformance/reading.ts';
import { refusing } from './conformance/refusing.ts';
import { registration } from './conformance/registration.ts';
import { sealing } from './conformance/sealing.ts';

/** What every store must keep to, whatever it is made of. */
export function conformance(newPlace: NewPlace): void {
  order(newPlace);
  idempotency(newPlace);
  drafts(newPlace);
  limits(newPlace);
  registration(newPlace);
  anchoring(newPlace);
  reading(newPlace);
  refusing(newPlace);
  exporting(newPlace);
  sealing(newPlace);
  processes(newPlace);
}
