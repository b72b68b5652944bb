// @ts-check
import { inspect } from 'node:util';
import { BSON } from 'mongodb';
import { mutate } from './mutate.mjs';

// What may stand in a field of a database that anybody could write to, though no store ever puts it there.

/** @type {readonly (() => unknown)[]} */
const ODD = [
  () => null,
  () => true,
  () => '',
  () => -1,
  () => 1.5,
  () => -0,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => 2 ** 53,
  () => 5n,
  () => [],
  () => ['acme'],
  () => ({}),
  // What an object says of how it becomes a text or a number is stored as well.
  () => ({ toString: 1, valueOf: 1 }),
  () => [{ toString: 1 }],
  () => ({ toJSON: 1, length: 3 }),
  () => JSON.parse('{"__proto__":{"seq":1},"constructor":1}'),
  () => new Date(0),
  () => new Date(Number.NaN),
  () => new Uint8Array(3),
  () => new ArrayBuffer(3),
  () => /a+/,
  () => 'x'.repeat(100_000),
  () => '\ud800',
  () => '\u0000',
  () => 'a\nb',
  () => new BSON.Long(5, 1),
  () => new BSON.Int32(7),
  () => new BSON.Double(Number.NaN),
  () => new BSON.Decimal128('1.0'),
  () => new BSON.ObjectId('0123456789abcdef01234567'),
  () => new BSON.Binary(new Uint8Array(2)),
  () => new BSON.Timestamp({ t: 1, i: 1 }),
  () => new BSON.MinKey(),
  () => new BSON.Code('a'),
];

/**
 * Another value for a field: one of another kind, or of the same one and close to it.
 *
 * @param {unknown} value
 * @param {() => number} random
 */
export function anotherValue(value, random) {
  const chance = random();
  if (chance < 0.45) return /** @type {() => unknown} */ (ODD[Math.floor(random() * ODD.length)])();
  if (typeof value === 'string') return mutate(value, [value], random);
  if (typeof value === 'number') return value + Math.floor(random() * 5) - 2;
  // A value that was changed before may be one that becomes no text.
  return chance < 0.8 ? inspect(value) : 0;
}
