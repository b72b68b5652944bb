import { describe, inject } from 'vitest';
import { newMongodbPlace } from '../support/places.ts';
import { conformance } from './conformance.ts';

const url = inject('mongodbUrl');

describe.skipIf(url === undefined)('views of a MongoDB store', () => {
  conformance(newMongodbPlace(url ?? ''), 6);
});
