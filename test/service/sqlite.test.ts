import { describe } from 'vitest';
import { newSqlitePlace } from '../support/places.ts';
import { conformance } from './conformance.ts';

describe('the service over a SQLite store', () => {
  conformance(newSqlitePlace, 25_000);
});
