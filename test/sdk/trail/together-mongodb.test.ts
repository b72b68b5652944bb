import { describe, inject } from 'vitest';
import { newMongodbPlace } from '../../support/places.ts';
import { together } from './together.ts';

const url = inject('mongodbUrl');

describe.skipIf(url === undefined)('on MongoDB', () => together(newMongodbPlace(url as string), 6));
