import { canonicalize, type Entry } from '@sealtrail/format';
import { derived } from '../../support/rehash.ts';
import { type TamperCase as Case, EARLY, entry, LAST, LATE, MIDDLE, NO_HASH, TENANT } from './case.ts';

/** Makes another entry of one: a value to be written as canonical JSON, or a text as it is. */
type Change = (entry: Entry) => unknown;

/** What of a row follows a changed text. */
type Follow = 'nothing' | 'hash' | 'everything';

const edit =
  (seq: number, change: Change, follow: Follow): Case['change'] =>
  async (raw) => {
    const row = (await raw.rows('entries', TENANT))[seq];
    const changed = change(JSON.parse(String(row?.['entry'])) as Entry);
    const text = typeof changed === 'string' ? changed : canonicalize(changed);
    // A row keeps its key: what stands at a position still stands there.
    const { seq: _, hash, entry: written, ...columns } = derived(text);
    const followed = { nothing: {}, hash: { hash }, everything: { hash, ...columns } }[follow];
    await raw.set('entries', entry(seq), { entry: written, ...followed });
  };

function without<T extends object>(value: T, member: keyof T): Partial<T> {
  const { [member]: _, ...rest } = value;
  return rest as Partial<T>;
}

const actor =
  (changes: object): Change =>
  (e) => ({ ...e, actor: { ...e.actor, ...changes } });

/** Every member of an entry, changed into something that an entry may hold there, and what then must be found. */
const MEMBERS: readonly [what: string, change: Change, rehashed: Case['code']][] = [
  ['v: a later version', (e) => ({ ...e, v: 2 }), 'entry_version'],
  ['tenant', (e) => ({ ...e, tenant: 'beta' }), 'column_mismatch'],
  ['seq', (e) => ({ ...e, seq: 6 }), 'column_mismatch'],
  ['prev', (e) => ({ ...e, prev: NO_HASH }), 'link_mismatch'],
  ['time: earlier', (e) => ({ ...e, time: EARLY }), 'time_decreasing'],
  ['time: later', (e) => ({ ...e, time: LATE }), 'link_mismatch'],
  ['id', (e) => ({ ...e, id: 'another' }), 'link_mismatch'],
  ['type', (e) => ({ ...e, type: 'proposal.rejected' }), 'link_mismatch'],
  ['actor.type', actor({ type: 'user' }), 'link_mismatch'],
  ['actor.id', actor({ id: 'somebody-else' }), 'link_mismatch'],
  ['actor.model', actor({ model: 'm-2' }), 'link_mismatch'],
  ['actor.model: removed', (e) => ({ ...e, actor: without(e.actor, 'model') }), 'link_mismatch'],
  ['actor.role: added', actor({ role: 'admin' }), 'link_mismatch'],
  ['actor.on_behalf_of', actor({ on_behalf_of: { type: 'user', id: 'u-8' } }), 'link_mismatch'],
  [
    'targets: one changed',
    (e) => ({ ...e, targets: [{ type: 'deal', id: 'd-78' }, ...e.targets.slice(1)] }),
    'link_mismatch',
  ],
  ['targets: one removed', (e) => ({ ...e, targets: e.targets.slice(1) }), 'link_mismatch'],
  ['targets: in another order', (e) => ({ ...e, targets: e.targets.toReversed() }), 'link_mismatch'],
  ['data: a value', (e) => ({ ...e, data: { ...e.data, confidence: 0.83 } }), 'link_mismatch'],
  ['data: emptied', (e) => ({ ...e, data: {} }), 'link_mismatch'],
  ['sealed: a commitment', (e) => ({ ...e, sealed: { ...e.sealed, diff: NO_HASH } }), 'opening_mismatch'],
  ['sealed: one removed', (e) => ({ ...e, sealed: without(e.sealed, 'diff') }), 'opening_unexpected'],
  ['sealed: one added', (e) => ({ ...e, sealed: { ...e.sealed, zone: NO_HASH } }), 'opening_missing'],
];

const MALFORMED: readonly [what: string, change: Change][] = [
  ['v: of another type', (e) => ({ ...e, v: '1' })],
  ['v: removed', (e) => without(e, 'v')],
  ['an unknown member', (e) => ({ ...e, approved_by: 'u-1' })],
  ['an unknown member of the actor', actor({ name: 'Jane' })],
  ['a member removed', (e) => without(e, 'data')],
  ['a target twice', (e) => ({ ...e, targets: [...e.targets, e.targets[0]] })],
  ['a space', (e) => canonicalize(e).replace(':', ': ')],
  ['members in another order', (e) => JSON.stringify({ v: e.v, ...without(e, 'v') })],
  ['a number written in another way', (e) => canonicalize(e).replace('0.82', '8.2e-1')],
  ['a member that occurs twice', (e) => canonicalize(e).replace('"v":1', '"v":1,"v":1')],
  ['an array', (e) => canonicalize([e, { seq: MIDDLE }])],
];

const WHERE = [
  ['in a segment', MIDDLE],
  ['at the end of a segment', 7],
  ['after the last anchor', 8],
] as const;

const members = MEMBERS.flatMap(([what, change, rehashed]) =>
  WHERE.flatMap(([where, seq]): Case[] => [
    { what: `${what}, ${where}`, change: edit(seq, change, 'nothing'), code: 'hash_mismatch', position: seq },
    {
      what: `${what}, ${where}, with its hash`,
      change: edit(seq, change, 'hash'),
      code: rehashed,
      position: seq,
    },
    {
      what: `${what}, ${where}, with all columns`,
      change: edit(seq, change, 'everything'),
      code: rehashed,
      position: seq,
    },
  ]),
);

const malformed = MALFORMED.flatMap(([what, change]): Case[] => [
  { what, change: edit(MIDDLE, change, 'nothing'), code: 'entry_malformed', position: MIDDLE },
  {
    what: `${what}, with its hash`,
    change: edit(MIDDLE, change, 'hash'),
    code: 'entry_malformed',
    position: MIDDLE,
  },
]);

const ends: readonly Case[] = [
  {
    what: 'data of the newest entry',
    change: edit(LAST, (e) => ({ ...e, data: {} }), 'nothing'),
    code: 'hash_mismatch',
    position: LAST,
  },
  {
    what: 'data of the newest entry, with all columns',
    change: edit(LAST, (e) => ({ ...e, data: {} }), 'everything'),
    code: 'head_mismatch',
    position: LAST,
  },
  {
    what: 'time of the first entry, with all columns',
    change: edit(0, (e) => ({ ...e, time: EARLY }), 'everything'),
    code: 'genesis_invalid',
    position: 0,
  },
  {
    what: 'data of the first entry, with all columns',
    change: edit(0, (e) => ({ ...e, data: { format: 'sealtrail/2' } }), 'everything'),
    code: 'genesis_invalid',
    position: 0,
  },
  {
    what: 'an entry that poses as the first one',
    change: edit(MIDDLE, (e) => ({ ...e, id: 'genesis', type: 'log.started' }), 'nothing'),
    code: 'genesis_invalid',
    position: MIDDLE,
  },
];

/** Every member of an entry's text, with and without what is derived from it. */
export const textCases: readonly Case[] = [...members, ...malformed, ...ends].map((one) => ({
  ...one,
  what: `text ${one.what}`,
}));
