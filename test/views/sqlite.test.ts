import { describe } from 'vitest';
import { newSqlitePlace } from '../support/places.ts';
import { conformance } from './conformance.ts';

describe('views of a SQLite store', () => {
  conformance(newSqlitePlace, 40);
});
