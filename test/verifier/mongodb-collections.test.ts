import { expect, it } from 'vitest';
import { oddity } from '../../packages/verifier/src/readers/mongodb-collections.ts';

it.each([
  [{ type: 'collection', options: {} }, undefined],
  // As servers list it that know no views.
  [{ options: { capped: false } }, undefined],
  [{ type: 'view', options: { viewOn: 'really', pipeline: [] } }, 'view'],
  [{ type: 'timeseries', options: { timeseries: { timeField: 'time' } } }, 'timeseries'],
  [{ type: 'collection', options: { collation: { locale: 'en' } } }, 'it has a collation'],
  [{ type: 'collection', options: { capped: true, size: 4096 } }, 'it is capped'],
])('of a collection listed as %j what no store has is %s', (listed, odd) => {
  expect(oddity(listed)).toBe(odd);
});
