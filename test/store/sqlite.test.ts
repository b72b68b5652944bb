import { describe } from 'vitest';
import { newSqlitePlace } from '../support/places.ts';
import { conformance } from './conformance.ts';

describe('SQLite store', () => {
  conformance(newSqlitePlace);
});
