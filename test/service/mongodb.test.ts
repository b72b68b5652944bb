import { describe, inject } from 'vitest';
import { newMongodbPlace } from '../support/places.ts';
import { conformance } from './conformance.ts';

const url = inject('mongodbUrl');

describe.skipIf(url === undefined)('the service over a MongoDB store', () => {
  conformance(newMongodbPlace(url ?? ''), 15_000);
});
