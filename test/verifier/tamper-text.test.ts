import type { FindingCode } from '@sealtrail/format';
import { describe, it } from 'vitest';
import { editEntry, type Loose, otherHash, rowAt, setText } from '../support/tamper.ts';
import { expectBroken, type TamperCase } from '../support/verdict.ts';

/** One small change of each member that an entry has. */
const CHANGES: { readonly [member: string]: (entry: Loose) => void } = {
  'actor.id': (entry) => {
    entry['actor'] = { type: 'agent', id: 'somebody-else' };
  },
  'actor.type': (entry) => {
    entry['actor'] = { ...(entry['actor'] as object), type: 'user' };
  },
  'data, a number by the smallest step': (entry) => {
    entry['data'] = { action: 'deal.update', amount: Number.EPSILON };
  },
  'data, a member more': (entry) => {
    entry['data'] = { ...(entry['data'] as object), note: '' };
  },
  id: (entry) => {
    entry['id'] = 'evt-77';
  },
  prev: (entry) => {
    entry['prev'] = otherHash(entry['prev']);
  },
  'sealed, another commitment': (entry) => {
    entry['sealed'] = { rationale: 'ab'.repeat(32) };
  },
  'targets, one more': (entry) => {
    entry['targets'] = [...(entry['targets'] as unknown[]), { type: 'deal', id: 'd-99' }];
  },
  'targets, none': (entry) => {
    entry['targets'] = [];
  },
  'time, a millisecond later': (entry) => {
    entry['time'] = String(entry['time']).replace('.000Z', '.001Z');
  },
  type: (entry) => {
    entry['type'] = 'proposal.approved';
  },
};

const members = (make: (name: string, change: (entry: Loose) => void) => TamperCase[]): TamperCase[] =>
  Object.entries(CHANGES).flatMap(([name, change]) => make(name, change));

describe('a member of an entry is changed', () => {
  it.each(
    members((name, change) =>
      [1, 3, 5, 9].map((seq) => ({
        name: `${name} of entry ${seq}: its hash tells`,
        tamper: (log) => editEntry(log, seq, change, 'nothing'),
        wantCode: 'hash_mismatch',
        wantPosition: seq,
      })),
    ),
  )('$name', expectBroken);

  // With the stored hash and all columns brought in line, the next entry still has the old hash.
  it.each(
    members((name, change) =>
      [1, 3, 5, 8].map((seq) => ({
        name: `${name} of entry ${seq}, hash and columns follow: the next entry tells`,
        tamper: (log) => editEntry(log, seq, change),
        wantCode: 'link_mismatch',
        wantPosition: seq,
      })),
    ),
  )('$name', expectBroken);

  it.each(
    members((name, change) => [
      {
        name: `${name} of the last entry, hash and columns follow: the head tells`,
        tamper: (log) => editEntry(log, 9, change),
        wantCode: 'head_mismatch',
        wantPosition: 9,
      },
    ]),
  )('$name', expectBroken);

  it.each(
    members((name, change) => [
      {
        name: `${name} of the genesis, hash and columns follow: the registry tells`,
        tamper: (log) => editEntry(log, 0, change),
        wantCode: 'genesis_invalid',
        wantPosition: 0,
      },
      // A genesis has no targets anyway.
    ]).filter(({ name }) => !name.startsWith('targets, none')),
  )('$name', expectBroken);
});

describe('an entry that was changed to', () => {
  const at = (name: string, wantCode: FindingCode, change: (entry: Loose) => void): TamperCase => ({
    name,
    tamper: (log) => editEntry(log, 5, change, 'hash'),
    wantCode,
    wantPosition: 5,
  });

  it.each([
    at('belong to another tenant', 'column_mismatch', (e) => {
      e['tenant'] = 'other';
    }),
    at('be of another version', 'entry_version', (e) => {
      e['v'] = 2;
    }),
    at('have a version that is no number', 'entry_malformed', (e) => {
      e['v'] = '1';
    }),
    at('have a member more', 'entry_malformed', (e) => {
      e['approved_by'] = 'u-1';
    }),
    at('have a member less', 'entry_malformed', (e) => {
      delete e['targets'];
    }),
    at('have an actor with an unknown member', 'entry_malformed', (e) => {
      e['actor'] = { ...(e['actor'] as object), email: 'a@example.org' };
    }),
    at('name the same record twice', 'entry_malformed', (e) => {
      e['targets'] = [
        { type: 'deal', id: 'd-1' },
        { type: 'deal', id: 'd-1' },
      ];
    }),
    at('have no object as data', 'entry_malformed', (e) => {
      e['data'] = [];
    }),
    at('be nested too deeply', 'entry_malformed', (e) => {
      e['data'] = { deep: JSON.parse('['.repeat(31) + ']'.repeat(31)) };
    }),
    at('be older than the one before', 'time_decreasing', (e) => {
      e['time'] = '2026-03-02T07:59:59.999Z';
    }),
    at('have the type of a genesis', 'genesis_invalid', (e) => {
      e['type'] = 'log.started';
    }),
    at('have the id of a genesis', 'genesis_invalid', (e) => {
      e['id'] = 'genesis';
    }),
    at('say that it stands elsewhere', 'column_mismatch', (e) => {
      e['seq'] = 6;
    }),
    at('be larger than an entry may be', 'entry_malformed', (e) => {
      e['data'] = { text: 'x'.repeat(65_536) };
    }),
  ])('$name', expectBroken);

  const text = (name: string, replace: (text: string) => string): TamperCase => ({
    name,
    tamper: (log) => setText(rowAt(log, 5), replace(String(rowAt(log, 5)['entry']))),
    wantCode: 'entry_malformed',
    wantPosition: 5,
  });

  it.each([
    text('hold nothing', () => ''),
    text('hold no JSON', (t) => t.slice(0, -1)),
    text('hold white space', (t) => t.replace(':', ': ')),
    text('end in a line break', (t) => `${t}\n`),
    text('begin with a byte order mark', (t) => `\ufeff${t}`),
    text('spell a number otherwise', (t) => t.replace('"amount":7.5', '"amount":7.50')),
    text('spell a character otherwise', (t) => t.replace('deal.update', 'deal\\u002eupdate')),
    text('spell a character of a name otherwise', (t) => t.replace('"id":"evt', '"\\u0069d":"evt')),
    text('have a member twice', (t) => t.replace('{"actor"', '{"actor":{},"actor"')),
    text('have members out of order', (t) => t.replace('{"actor"', '{"v":1,"actor"').replace(',"v":1}', '}')),
    text('hold half a character', (t) => t.replace('copilot', 'copilo\ud83d')),
    text('hold an escaped half of a character', (t) => t.replace('copilot', 'copilo\\ud83d')),
    text('be null', () => 'null'),
    text('be a list', (t) => `[${t}]`),
    text('be a hundred thousand brackets', () => '['.repeat(100_000)),
  ])('$name', expectBroken);
});

describe('an entry that cannot be read still has a hash', () => {
  it('and a genesis of an unknown version is not the registered one', () =>
    expectBroken({
      name: '',
      shape: { entries: 1 },
      tamper: (log) => {
        const row = rowAt(log, 0);
        setText(row, '{"v":2}');
        log.head['hash'] = row['hash'];
      },
      wantCode: 'genesis_invalid',
      wantPosition: 0,
    }));

  it('so the one after it is not blamed for its link', () =>
    expectBroken({
      name: '',
      tamper: (log) => setText(rowAt(log, 5), '{}'),
      wantCode: 'link_mismatch',
      wantPosition: 5,
    }));
});
