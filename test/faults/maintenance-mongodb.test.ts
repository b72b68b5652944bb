import { openMongodbStore } from '@sealtrail/store/mongodb';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { newMongodbPlace } from '../support/places.ts';
import { type Command, type Fate, FaultProxy } from '../support/proxy.ts';
import { ended, FaultWorld, WORK } from './world.ts';

const url = inject('mongodbUrl');

type Choose = (command: Command) => boolean;
const account =
  (type: string): Choose =>
  ({ insert, documents }) =>
    insert === 'entries' && documents[0].type === type;

/** Each write, and how many of it are done before the rest of them fail in the case of a part. */
const WRITES: readonly (readonly [
  what: string,
  work: keyof typeof WORK,
  choose: Choose,
  before: number | undefined,
])[] = [
  ['a seal’s directory changes', 'sealing', ({ insert }) => insert === 'directory_changes', undefined],
  ['a seal', 'sealing', account('log.sealed'), undefined],
  ['the account of an erasure', 'erasing', account('log.erased'), undefined],
  ['destroying values', 'erasing', ({ update }) => update === 'entries', 1],
  ['the account of a pruning', 'pruning', account('retention.pruned'), undefined],
  ['removing a segment', 'pruning', (command) => command['delete'] === 'entries', 1],
  ['the commit of a removal', 'pruning', (command) => 'commitTransaction' in command, 1],
];

/** As often as the driver itself tries again, and once more. */
const OFTEN = 3;

/** What becomes of a write: it fails, it is done and nobody hears of it, it is done in part, or it arrives when nobody waits any more. */
const FATES = ['fails', 'answer lost', 'in part', 'late'] as const;

describe.skipIf(url === undefined)('a write of the work beside appending', () => {
  it.each(WRITES)(
    '%s (%s): after each fault it is finished by doing it again',
    async (_, name, choose, before) => {
      const place = await newMongodbPlace(String(url))();
      const world = await FaultWorld.open(place);
      const proxy = await FaultProxy.before(place.location);
      const client = new MongoClient(proxy.through(place.location), { serverSelectionTimeoutMS: 1_500 });
      const { pathname } = new URL(place.location);
      const fragile = await openMongodbStore(client, { database: pathname.slice(1), waitMs: 1_500 });
      const direct = await new MongoClient(place.location).connect();
      onTestFinished(async () => {
        await fragile.close();
        await client.close();
        await direct.close();
      });
      const work = WORK[name];
      let round = 0;
      for (const fate of FATES) {
        await work.prepare(world, round);
        const broken = proxy.broken;
        proxy.rule = ruleFor(fate, choose, before, async (command) => {
          const some = command['documents'].slice(0, 1);
          await direct.db(pathname.slice(1)).collection(command['insert']).insertMany(some);
        });
        expect(await ended(work.run(world, fragile, round)), fate).toBeOneOf(['done', 'store_unavailable']);
        expect(proxy.broken, fate).toBeGreaterThan(broken);
        proxy.rule = () => 'pass';
        // Nobody has put anything right yet.
        await world.valid();
        expect(await ended(work.run(world, fragile, round)), fate).toBe('done');
        await proxy.deliver();
        await work.expectDone(world, round);
        round++;
      }
      await world.valid();
    },
  );
});

function ruleFor(
  fate: (typeof FATES)[number],
  choose: Choose,
  before: number | undefined,
  insert: (command: Command) => Promise<void>,
): (command: Command) => Fate {
  let left = OFTEN;
  let whole = fate === 'in part' ? (before ?? 0) : 0;
  let isInserted = false;
  return (command) => {
    if (left === 0 || !choose(command)) return 'pass';
    if (whole-- > 0) return 'pass';
    left--;
    if (fate === 'answer lost') return 'deafen';
    if (fate === 'late') return 'delay';
    // Of several documents, one is there.
    if (fate === 'in part' && before === undefined && !isInserted) {
      isInserted = true;
      void insert(command);
    }
    return 'lose';
  };
}
