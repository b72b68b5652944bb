import { Log } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { draft } from '../../support/drafts.ts';
import { outcome } from '../../support/errors.ts';
import type { NewPlace } from '../../support/places.ts';
import { expectIntact } from '../../support/verified.ts';

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

function deep(levels: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

class Money {
  amount = 1;
}

/** What no store may take, whatever its caller's types allow. */
const NO_DRAFTS: readonly [string, unknown][] = [
  ['null', null],
  ['undefined', undefined],
  ['an array', [draft('x')]],
  ['a text', 'proposal.created'],
  ['an instance of a class', new Money()],
];

const NO_VALUES: readonly [string, unknown][] = [
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a big integer', 1n],
  ['undefined inside', { a: undefined }],
  ['a function', () => 1],
  ['a symbol', Symbol('s')],
  ['a date', new Date(0)],
  ['an instance of a class', new Money()],
  ['a map', new Map([['a', 1]])],
  ['a lone surrogate', 'a\ud800'],
  ['a lone surrogate in a name', { 'a\udc00': 1 }],
  // biome-ignore lint/suspicious/noSparseArray: a hole is what must be refused
  ['a hole in an array', [1, , 2]],
  [
    'an accessor',
    {
      get a() {
        return 1;
      },
    },
  ],
  ['a cycle', cyclic],
  ['33 levels', deep(33)],
];

const NO_CHANGES: readonly [string, Record<string, unknown>][] = [
  ['an unknown member', { note: 'x' }],
  ['type: a single word', { type: 'proposal' }],
  ['type: upper case', { type: 'Proposal.created' }],
  ['type: five words', { type: 'a.b.c.d.e' }],
  ['type: too long', { type: `a.${'b'.repeat(63)}` }],
  ['type: no string', { type: 7 }],
  ['type: the log’s own', { type: 'log.started' }],
  ['id: the log’s own', { id: 'genesis' }],
  ['id: empty', { id: '' }],
  ['id: a space', { id: 'a b' }],
  ['id: a slash', { id: 'a/b' }],
  ['id: 129 characters', { id: 'a'.repeat(129) }],
  ['id: a number', { id: 7 }],
  ['actor: none', { actor: undefined }],
  ['actor: null', { actor: null }],
  ['actor: a text', { actor: 'u-7' }],
  ['actor: an unknown type', { actor: { type: 'robot', id: 'r' } }],
  ['actor: no id', { actor: { type: 'user' } }],
  ['actor: a control character', { actor: { type: 'user', id: 'a\nb' } }],
  ['actor: an id of 257 bytes', { actor: { type: 'user', id: 'a'.repeat(257) } }],
  ['actor: an unknown member', { actor: { type: 'user', id: 'u', name: 'Jane' } }],
  ['actor: a malformed prompt hash', { actor: { type: 'agent', id: 'a', prompt_hash: 'ff' } }],
  [
    'actor: acting for itself with more',
    { actor: { type: 'agent', id: 'a', on_behalf_of: { type: 'user', id: 'u', x: 1 } } },
  ],
  ['targets: no array', { targets: { type: 'deal', id: 'd' } }],
  ['targets: no id', { targets: [{ type: 'deal' }] }],
  ['targets: one more member', { targets: [{ type: 'deal', id: 'd', name: 'x' }] }],
  ['targets: a type that is no word', { targets: [{ type: 'Deal', id: 'd' }] }],
  [
    'targets: one twice',
    {
      targets: [
        { type: 'deal', id: 'd' },
        { id: 'd', type: 'deal' },
      ],
    },
  ],
  ['targets: 257', { targets: Array.from({ length: 257 }, (_, i) => ({ type: 'deal', id: `d${i}` })) }],
  ['data: an array', { data: [] }],
  ['data: a text', { data: 'x' }],
  ['data: 33 levels in the entry', { data: { deep: deep(31) } }],
  ['more than 65,535 bytes', { data: { text: 'x'.repeat(65_500) } }],
  ['more than 65,535 bytes, in fewer characters', { data: { text: 'ü'.repeat(32_760) } }],
  ['sealed: an array', { sealed: ['x'] }],
  ['sealed: a text', { sealed: 'x' }],
  ['sealed: a number', { sealed: 5 }],
  ['sealed: a map', { sealed: new Map([['rationale', 'x']]) }],
  ['sealed: an instance of a class', { sealed: new Money() }],
  ['sealed: a name that is no field', { sealed: { Rationale: 'x' } }],
  ['sealed: the name of the prototype', { sealed: JSON.parse('{"__proto__":"x"}') }],
  ['sealed: an undefined value', { sealed: { rationale: undefined } }],
  ['sealed: 65 fields', { sealed: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, 1])) }],
  ['sealed: a value of more than 1,048,576 bytes', { sealed: { a: 'x'.repeat(1_048_575) } }],
  [
    'sealed: together more than 4,194,304 bytes',
    { sealed: Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((f) => [f, 'x'.repeat(900_000)])) },
  ],
];

/** A draft that breaks a rule is refused before anything is written. */
export function drafts(newPlace: NewPlace): void {
  describe('a draft that breaks a rule', () => {
    it('is refused with draft_invalid, and nothing of it is written', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.append('acme', draft('good-1'));
      const bad: [string, unknown][] = [
        ...NO_DRAFTS,
        ...NO_CHANGES.map(([what, change]): [string, unknown] => [what, { ...draft('bad'), ...change }]),
        ...NO_VALUES.map(([what, a]): [string, unknown] => [
          `data value: ${what}`,
          draft('bad', { data: { a } as never }),
        ]),
        ...NO_VALUES.map(([what, a]): [string, unknown] => [
          `sealed value: ${what}`,
          draft('bad', { sealed: { a } }),
        ]),
      ];
      const outcomes: Record<string, string> = {};
      for (const [what, one] of bad) {
        outcomes[what] = await outcome(log.append('acme', one as never)).catch((error) => String(error));
        outcomes[`${what}, with others`] = await outcome(
          log.appendAll('acme', [draft('good-2'), one as never]),
        ).catch((error) => String(error));
      }
      const wrong = Object.entries(outcomes).filter(([, got]) => got !== 'draft_invalid');
      expect(Object.fromEntries(wrong)).toEqual({});
      await log.append('acme', draft('good-3'));
      await log.close();
      await expectIntact(place.location, { acme: 2 });
    });

    it('is refused for a tenant that is no name, and for an id given twice', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      for (const tenant of ['', 'a b', 'a/b', 'ä', 'a'.repeat(129), 7, null, undefined, {}]) {
        expect(await outcome(log.append(tenant as string, draft('e-1')))).toBe('draft_invalid');
      }
      expect(await outcome(log.appendAll('acme', [draft('e-1'), draft('e-1')]))).toBe('draft_invalid');
      await log.append('beta', draft('e-1'));
      await log.close();
      await expectIntact(place.location, { beta: 1 });
    });

    it('is refused without repeating what it would have sealed', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      for (const sealed of [
        { name: 'Jane Roe\ud800' },
        { name: { 'Jane Roe': Number.NaN } },
        { Name: 'Jane Roe' },
      ]) {
        const error = await log.append('acme', draft('e-1', { sealed })).catch((e) => e);
        expect(error.code).toBe('draft_invalid');
        expect(`${error.message} ${JSON.stringify(error.detail)} ${error.cause?.message}`).not.toContain(
          'Jane',
        );
      }
      await log.append('acme', draft('e-1'));
      await log.close();
      await expectIntact(place.location, { acme: 1 });
    });
  });

  describe('a draft at the limits', () => {
    it('is taken', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.append('a'.repeat(128), draft('b'.repeat(128), { type: 'a.b.c.d' }));
      const good = [
        draft('deep', { data: { deep: deep(30) } as never, sealed: { deep: deep(32) } }),
        draft('large', { data: { text: 'ü'.repeat(32_400) }, targets: [], sealed: {} }),
        draft('sealed', { sealed: { a: 'x'.repeat(1_048_574) } }),
        draft('fields', {
          sealed: Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`f${i}`, null])),
        }),
        draft('targets', { targets: Array.from({ length: 256 }, (_, i) => ({ type: 'deal', id: `d${i}` })) }),
        draft('plain', { targets: undefined, data: undefined, sealed: undefined }),
        draft('names', { data: JSON.parse('{"__proto__":1,"constructor":2}'), sealed: { constructor: 'c' } }),
        draft('numbers', { data: { n: [0, -0, 1e21, 5e-324, 0.1, 2 ** 53] } }),
        draft('texts', { data: { t: ['\u0000', '\u2028', '"\\', '😀', 'é', 'e\u0301'] } }),
      ];
      for (const one of good) expect((await log.append('acme', one)).id).toBe(one.id);
      for (const one of good) expect((await log.append('acme', one)).duplicate).toBe(true);
      await log.close();
      await expectIntact(place.location, { acme: good.length, ['a'.repeat(128)]: 1 });
    });
  });
}
