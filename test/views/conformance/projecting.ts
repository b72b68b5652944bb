import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { Log } from '@sealtrail/store';
import { openViews, type Views } from '@sealtrail/views';
import { describe, expect, it, onTestFinished } from 'vitest';
import { draft, drafts } from '../../support/drafts.ts';
import { outcome } from '../../support/errors.ts';
import type { NewPlace, Place } from '../../support/places.ts';
import { raw } from '../../support/raw.ts';
import { expectIntact } from '../../support/verified.ts';
import { rawIndex, seqs, viewsOf } from '../helpers.ts';
import { BULK, contact, LIFE, proposed, UNEXPLAINED } from '../story.ts';

const STORY = [...LIFE, UNEXPLAINED, ...BULK];

/** One answer of every kind. */
async function answers(views: Views): Promise<unknown> {
  return {
    entries: await views.entries('acme', { trace: 't-2' }),
    proposal: await views.proposal('acme', 'p-1'),
    record: await views.record('acme', contact),
    incident: await views.incident('acme', { trace: 't-2' }),
    coaching: await views.coaching('acme'),
  };
}

const count = async (views: Views, type = 'proposal.created') =>
  (await views.entries('acme', { type }, { limit: 1_000 })).entries.length;

async function written(place: Place, log: readonly Parameters<Log['append']>[1][]): Promise<Log> {
  const opened = new Log(await place.open());
  await opened.appendAll('acme', log);
  return opened;
}

/** The index follows from the entries, whatever happens to it. */
export function projecting(newPlace: NewPlace): void {
  describe('the index', () => {
    it('gives the same answers after it was deleted', async () => {
      const place = await newPlace();
      const log = await written(place, STORY);
      const views = await viewsOf(place);
      const before = await answers(views);
      const index = await rawIndex(place);
      await index.drop();
      expect(await answers(views)).toEqual(before);
      await index.drop();
      expect(await answers(await viewsOf(place))).toEqual(before);
      await log.close();
      await expectIntact(place.location, { acme: 16 });
    });

    it('holds no sealed value', async () => {
      const place = await newPlace();
      const log = await written(place, STORY);
      await answers(await viewsOf(place));
      const text = await (await rawIndex(place)).dump();
      expect(text).toContain('trace:t-1');
      for (const secret of ['7946', 'signature', 'digit was wrong', 'newer'])
        expect(text).not.toContain(secret);
      await log.close();
      await expectIntact(place.location, { acme: 16 });
    });

    it('is built again when another layout made it', async () => {
      const place = await newPlace();
      const log = await written(place, STORY);
      const before = await answers(await viewsOf(place));
      const index = await rawIndex(place);
      const { build } = (await index.progress('acme')) ?? {};
      await index.setProgress('acme', { layout: 0 });
      expect(await answers(await viewsOf(place))).toEqual(before);
      const after = await index.progress('acme');
      expect(after).toMatchObject({ layout: 2, seq: 16 });
      expect(after?.['build']).not.toBe(build);
      expect(await index.entries()).toBe(17);
      await log.close();
      await expectIntact(place.location, { acme: 16 });
    });

    it('is built again when the log is another one: longer, shorter, gone, and there again', async () => {
      const [one, two, three] = [await newPlace(), await newPlace(), await newPlace()];
      const logs = [
        await written(one, [...STORY, proposed('p-7'), proposed('p-8')]),
        await written(two, STORY),
        new Log(await three.open()),
      ];
      const index = one.kind === 'sqlite' ? `${one.location}.views` : one.location;
      const over = async (place: Place) => {
        const views = await openViews({ store: await place.open(), index });
        onTestFinished(() => views.close());
        return views;
      };
      expect(await count(await over(one))).toBe(6);
      expect(await count(await over(two))).toBe(4);
      expect(await answers(await over(two))).toEqual(await answers(await viewsOf(two)));
      await logs[1]?.appendAll('acme', [proposed('p-9')]);
      expect(await count(await over(two))).toBe(5);
      expect(await count(await over(one))).toBe(6);
      expect(await (await over(three)).entries('acme')).toEqual({ entries: [], scanned: 0 });
      expect(await count(await over(one))).toBe(6);
      // Of five buildings nothing is left but the last.
      expect(await (await rawIndex(one)).entries()).toBe(19);
      for (const log of logs) await log.close();
      await expectIntact(one.location, { acme: 18 });
      await expectIntact(two.location, { acme: 17 });
    });

    it('gives no answer out of two buildings, however often it is built again under a question', async () => {
      const [one, two] = [await newPlace(), await newPlace()];
      const logs = [await written(one, drafts('e', 700)), await written(two, STORY)];
      const index = one.kind === 'sqlite' ? `${one.location}.views` : one.location;
      // Two logs of one tenant that share an index: each question about one of them drops what the other one built.
      const [first, second] = await Promise.all(
        [one, two].map(async (place) => {
          const views = await openViews({ store: await place.open(), index });
          onTestFinished(() => views.close());
          return views;
        }),
      );
      const asked = Array.from({ length: 12 }, async (_, i) => {
        const views = (i % 2 === 0 ? first : second) as Views;
        const answer = Promise.all([
          count(views).then((n) => [n]),
          views.coaching('acme').then(({ total }) => [total.proposals]),
        ]);
        const found = await answer.catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'store_unavailable' });
          return undefined;
        });
        // The drafts of the first log are proposals by their type, but not by their ids.
        if (found !== undefined) expect(found).toEqual(i % 2 === 0 ? [[700], [0]] : [[4], [4]]);
      });
      await Promise.all(asked);
      expect(await count(first as Views)).toBe(700);
      expect(await count(second as Views)).toBe(4);
      for (const log of logs) await log.close();
      await expectIntact(one.location, { acme: 700 });
      await expectIntact(two.location, { acme: 16 });
    });

    it('is right when many build it at once, while entries are appended', async () => {
      const place = await newPlace();
      const log = await written(place, drafts('e', 1_200));
      const many = await Promise.all(Array.from({ length: 4 }, () => viewsOf(place)));
      let appended = 1_200;
      const appending = (async () => {
        for (let round = 0; round < 12; round++) {
          await log.appendAll('acme', drafts(`r${round}`, 70));
          appended += 70;
        }
      })();
      for (let round = 0; round < 6; round++) {
        await Promise.all(
          many.flatMap((views) =>
            [0, 1, 2].map(async () => {
              const acknowledged = appended;
              const [newest] = (await views.entries('acme', { type: 'proposal.created' }, { limit: 1 }))
                .entries;
              expect(newest?.seq).toBeGreaterThanOrEqual(acknowledged);
            }),
          ),
        );
      }
      await appending;
      for (const views of many) {
        const found: number[] = [];
        let cursor: string | undefined;
        do {
          const page = await views.entries('acme', { type: 'proposal.created' }, { cursor, limit: 1_000 });
          found.push(...seqs(page.entries));
          cursor = page.next;
        } while (cursor !== undefined);
        expect(found).toEqual(Array.from({ length: 2_040 }, (_, i) => 2_040 - i));
      }
      expect(await (await rawIndex(place)).entries()).toBe(2_041);
      await log.close();
      await expectIntact(place.location, { acme: 2_040 });
    });

    it('is right after processes that built it were killed', async () => {
      const place = await newPlace();
      const log = await written(place, STORY);
      await log.appendAll('acme', drafts('e', 4_000));
      const index = await rawIndex(place);
      const reached: number[] = [];
      for (const after of [1, 40, 80, 120, 200]) {
        await killedWhileBuilding(place, after);
        reached.push(Number((await index.progress('acme').catch(() => undefined))?.['seq'] ?? -1));
      }
      expect(reached).toEqual(reached.toSorted((a, b) => a - b));
      const killed = await answers(await viewsOf(place));
      expect(await index.entries()).toBe(4_017);
      await index.drop();
      expect(killed).toEqual(await answers(await viewsOf(place)));
      await log.close();
      await expectIntact(place.location, { acme: 4_016 });
    });

    it('goes no further than an entry that cannot be read, or is gone', async () => {
      const place = await newPlace();
      const log = await written(place, [...STORY, draft('later')]);
      const tables = await raw(place);
      const [, , , original] = await tables.rows('entries', 'acme');
      await tables.set('entries', { tenant: 'acme', seq: 3 }, { entry: '{}' });
      const views = await viewsOf(place);
      const trace = { trace: 't-1' };
      expect(await outcome(views.entries('acme', trace))).toBe('log_broken');
      await tables.remove('entries', { tenant: 'acme', seq: 3 });
      expect(await outcome(views.entries('acme', trace))).toBe('log_broken');
      await tables.insert('entries', original ?? {});
      expect(seqs((await views.entries('acme', trace)).entries)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
      await log.close();
      await expectIntact(place.location, { acme: 17 });
    });
  });
}

const modules = createRequire(import.meta.url);

/** A process that builds the index, killed some milliseconds after it began. */
async function killedWhileBuilding(place: Place, afterMs: number): Promise<void> {
  const code = `
    const { openViews } = await import(${JSON.stringify(`file://${modules.resolve('@sealtrail/views')}`)});
    const views = await openViews({ store: ${JSON.stringify(place.location)} });
    console.log('begun');
    await views.entries('acme');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((begun) => child.stdout.once('data', begun));
  await new Promise((resume) => setTimeout(resume, afterMs));
  const ended = new Promise((resume) => child.once('exit', resume));
  child.kill('SIGKILL');
  await ended;
}
