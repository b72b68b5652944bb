import { Log } from '@sealtrail/store';
import { openViews } from '@sealtrail/views';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { outcome } from '../support/errors.ts';
import { newMongodbPlace } from '../support/places.ts';
import { type Command, eachFate, FaultProxy } from '../support/proxy.ts';
import { expectIntact } from '../support/verified.ts';
import { rawIndex, viewsOf } from '../views/helpers.ts';
import { BULK, contact, LIFE, UNEXPLAINED } from '../views/story.ts';

const url = inject('mongodbUrl');

/** The log has them, and its first entry. */
const STORY = [...LIFE, UNEXPLAINED, ...BULK];

const writes: Record<string, (command: Command) => boolean> = {
  'beginning an index': ({ insert }) => insert === 'views_progress',
  'the progress of a batch': ({ update, txnNumber, autocommit }) =>
    update === 'views_progress' && txnNumber !== undefined && autocommit === false,
  'the entries of a batch': ({ insert }) => insert === 'views_entries',
  'the proposals of a batch': ({ insert }) => insert === 'views_proposals',
  'the commit of a batch': (command) => 'commitTransaction' in command,
  'beginning an index anew': ({ insert, autocommit }) => insert === 'views_progress' && autocommit === false,
  'dropping what was built before': (command) => command['delete'] === 'views_entries',
};

/** Once is what the driver itself puts right. */
const BROKEN = eachFate(Object.keys(writes)).filter(([, , times]) => times > 1);

describe.skipIf(url === undefined)('a write to the views’ index', () => {
  it.each(BROKEN)(
    '%s (%s, %i times): the next question goes on with what is there',
    async (what, fate, times) => {
      const place = await newMongodbPlace(String(url))();
      const log = new Log(await place.open());
      await log.appendAll('acme', STORY);
      const whole = await viewsOf(place);
      const index = await rawIndex(place);
      const ask = async (views: typeof whole) => ({
        all: await views.entries('acme', {}, { limit: 100 }),
        some: await views.entries('acme', { type: 'decision.approved' }),
        record: await views.record('acme', contact),
        proposal: await views.proposal('acme', 'p-1'),
        coaching: await views.coaching('acme'),
      });
      const expected = await ask(whole);
      // It is built anew when it stands somewhere else than the log, and from nothing when it is gone.
      if (what === 'beginning an index anew' || what === 'dropping what was built before')
        await index.setProgress('acme', { hash: 'f'.repeat(64) });
      else await index.drop();

      const proxy = await FaultProxy.before(place.location);
      const views = await openViews({ store: place.location, index: proxy.through(place.location) });
      onTestFinished(() => views.close());
      proxy.breakNext(fate, times, writes[what] as (command: Command) => boolean);
      expect(await outcome(ask(views))).toBeOneOf(['done', 'store_unavailable']);
      expect(proxy.broken).toBeGreaterThan(0);
      proxy.rule = () => 'pass';
      expect(await ask(views)).toEqual(expected);
      // What comes late comes to an index that has gone on without it.
      await proxy.deliver();
      await log.appendAll('acme', [{ ...UNEXPLAINED, id: 'later' }]);
      const { all } = await ask(views);
      expect(all.entries.map(({ seq }) => seq)).toEqual([
        STORY.length + 1,
        ...expected.all.entries.map(({ seq }) => seq),
      ]);
      expect(await ask(whole)).toEqual(await ask(views));
      await log.close();
      await expectIntact(place.location, { acme: STORY.length + 1 });
    },
  );

  it('that was built before, and not dropped by who died of it, is dropped by the next one', async () => {
    const place = await newMongodbPlace(String(url))();
    const log = new Log(await place.open());
    await log.appendAll('acme', STORY);
    await (await viewsOf(place)).entries('acme');
    const index = await rawIndex(place);
    await index.setProgress('acme', { hash: 'f'.repeat(64) });
    const proxy = await FaultProxy.before(place.location);
    const views = await openViews({ store: place.location, index: proxy.through(place.location) });
    onTestFinished(() => views.close());
    proxy.rule = (command) => (command['delete'] === 'views_entries' ? 'lose' : 'pass');
    expect(await outcome(views.entries('acme'))).toBe('store_unavailable');
    proxy.rule = () => 'pass';
    await views.entries('acme');
    expect(await index.entries()).toBe(2 * (STORY.length + 1));
    await viewsOf(place);
    expect(await index.entries()).toBe(STORY.length + 1);
    expect(await index.builds()).toHaveLength(1);
    await log.close();
    await expectIntact(place.location, { acme: STORY.length });
  });
});
