import { anchorTenant, Log } from '@sealtrail/store';
import Database from 'libsql';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { drafts } from '../../support/drafts.ts';
import type { NewPlace, Place } from '../../support/places.ts';
import { raw } from '../../support/raw.ts';
import { ended, expectWhole, newWorld, ORIGIN, STORY_ENTRIES, type World, worldOf } from '../world.ts';

const start = (world: World, tenant: string, token: string) =>
  world.api(`/tenants/${tenant}/verifications`, { method: 'POST', token, body: {} });

interface Event {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: events have data of two shapes
  readonly data: any;
}

/** The events of a run, to the end of the stream. */
async function* eventsOf(world: World, id: string, token: string): AsyncGenerator<Event> {
  const response = await world.service.fetch(
    new Request(`${ORIGIN}/api/v1/verifications/${id}/events`, {
      headers: { authorization: `Bearer ${token}` },
    }),
  );
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (event !== '') yield { event, data: JSON.parse(data) };
    }
  }
}

export function verifications(newPlace: NewPlace, entries: number): void {
  describe('verifications', () => {
    it('run beside the requests, tell how far they are, and keep their report', async () => {
      const place = await newPlace();
      const world = await newWorld(place);
      await grow(world, entries);
      const { id: by, text: token } = await world.token('auditor');
      // The first question builds the index, which takes longer than the run.
      await world.api('/tenants/acme/entries?limit=1', { token });
      const { status, body } = await start(world, 'acme', token);
      expect([status, body.run.state, body.run.by]).toEqual([202, 'running', by]);
      const events: Event[] = [];
      let answered = 0;
      for await (const event of eventsOf(world, body.run.id, token)) {
        events.push(event);
        if (event.event !== 'progress' || event.data.walked === event.data.total) continue;
        // The run is still under way, and everything else is answered.
        const [page, run] = await Promise.all([
          world.api('/tenants/acme/entries?limit=5', { token }),
          world.api(`/verifications/${body.run.id}`, { token }),
        ]);
        expect(page.body.entries).toHaveLength(5);
        if (run.body.run.state === 'running') answered++;
      }
      expect(answered).toBeGreaterThan(0);
      const total = STORY_ENTRIES + entries;
      const walked = events.filter(({ event }) => event === 'progress').map(({ data }) => data.walked);
      expect(walked.toSorted((a, b) => a - b)).toEqual(walked);
      expect(walked.some((one) => one > 0 && one < total)).toBe(true);
      const last = events.at(-1);
      expect(last?.event).toBe('done');
      expect(last?.data.run).toMatchObject({
        tenant: 'acme',
        state: 'valid',
        walked: total,
        position: total - 1,
        report: { tenant: 'acme', status: 'valid', walked: total, position: null },
        error: null,
      });
      expect((await ended(world, body.run.id, token)).report).toEqual(last?.data.run.report);
      await expectWhole(world);
    });

    it('one at a time for each tenant, also of two processes', async () => {
      const place = await newPlace();
      const world = await newWorld(place);
      await grow(world, entries);
      const other = await worldOf(place);
      const { text: token } = await world.token('manager');
      const first = await start(world, 'acme', token);
      for (const one of [world, other]) {
        const second = await start(one, 'acme', token);
        expect([second.status, second.body.error.code]).toEqual([409, 'verification_running']);
        expect(second.body.error.run).toBe(first.body.run.id);
      }
      for (const one of [world, other]) {
        expect((await start(one, 'beta', token)).status).toBe(202);
        const { runs } = (await one.api('/tenants/beta/verifications', { token })).body;
        await ended(one, runs[0].id, token);
      }
      // Another process shows it, too, and its end.
      const seen: string[] = [];
      for await (const { event } of eventsOf(other, first.body.run.id, token)) seen.push(event);
      expect(seen.at(-1)).toBe('done');
      const again = await start(other, 'acme', token);
      expect(again.status).toBe(202);
      await ended(other, again.body.run.id, token);
      const { runs } = (await world.api('/tenants/acme/verifications', { token })).body;
      expect(runs.map(({ id, state }: { id: string; state: string }) => [id, state])).toEqual([
        [again.body.run.id, 'valid'],
        [first.body.run.id, 'valid'],
      ]);
      await other.service.close();
      await expectWhole(world);
    });

    it('can be cancelled, by another process as well, and when the service ends', async () => {
      const place = await newPlace();
      const world = await newWorld(place);
      await grow(world, entries);
      const { text: token } = await world.token('manager');
      const run = (await start(world, 'acme', token)).body.run.id;
      const cancelled = await world.api(`/verifications/${run}`, { method: 'DELETE', token });
      expect(cancelled.body.run).toMatchObject({ state: 'cancelled', report: null, error: null });
      expect((await world.api(`/verifications/${run}`, { method: 'DELETE', token })).body.run.state).toBe(
        'cancelled',
      );

      const second = (await start(world, 'acme', token)).body.run.id;
      const other = await worldOf(place);
      const there = await other.api(`/verifications/${second}`, { method: 'DELETE', token });
      expect(['cancelled', 'valid']).toContain(there.body.run.state);
      await ended(other, second, token);

      const third = (await start(other, 'acme', token)).body.run.id;
      await other.service.close();
      expect(['cancelled', 'valid']).toContain((await ended(world, third, token)).state);
      await expectWhole(world);
    });

    it.each([
      ['', -60_000],
      [', also before the clock was put back', 3_600_000],
    ])('a run whose process died%s is over, and another can be started', async (_, ahead) => {
      const place = await newPlace();
      const world = await newWorld(place);
      const { text: token } = await world.token('manager');
      const id = 'abandoned';
      const started = new Date(Date.now() - 60_000).toISOString();
      const beat = new Date(Date.now() + ahead).toISOString();
      const run = { id, tenant: 'acme', by: 'somebody', started, finished: null, state: 'running' };
      await keepRun(place, { ...run, walked: 7, total: 9, report: null, error: null, beat });
      const dead = { id, state: 'failed', finished: beat, error: { code: 'service_ended' } };
      expect((await world.api('/tenants/acme/verifications', { token })).body.runs).toMatchObject([dead]);
      const again = await start(world, 'acme', token);
      expect(again.status).toBe(202);
      expect((await ended(world, again.body.run.id, token)).state).toBe('valid');
      const { runs } = (await world.api('/tenants/acme/verifications', { token })).body;
      expect(runs).toMatchObject([
        { state: 'valid' },
        { id, state: 'failed', error: { code: 'service_ended' } },
      ]);
      await expectWhole(world);
    });

    it('a changed row is broken at its position', async () => {
      const place = await newPlace();
      const world = await newWorld(place);
      const db = await raw(place);
      const row = (await db.rows('entries', 'acme'))[4];
      await db.set(
        'entries',
        { tenant: 'acme', seq: 4 },
        { entry: String(row?.['entry']).replace('u-17', 'u-99') },
      );
      const { text: token } = await world.token('auditor');
      const run = await ended(world, (await start(world, 'acme', token)).body.run.id, token);
      expect(run).toMatchObject({ state: 'broken', error: null, report: { status: 'broken', position: 4 } });
      const good = await ended(world, (await start(world, 'beta', token)).body.run.id, token);
      expect(good).toMatchObject({ state: 'valid' });
    });

    it('a log that was set back behind its seal is broken', async () => {
      const place = await newPlace();
      const world = await newWorld(place);
      const db = await raw(place);
      const anchors = await db.rows('anchors', 'acme');
      const newest = anchors.at(-2);
      for (const { seq } of (await db.rows('entries', 'acme')) as { seq: number }[]) {
        if (seq > Number(newest?.['to_seq'])) await db.remove('entries', { tenant: 'acme', seq });
      }
      await db.remove('anchors', { tenant: 'acme', number: anchors.length - 1 });
      const tip = (await db.rows('entries', 'acme')).at(-1);
      await db.set(
        'heads',
        { tenant: 'acme' },
        {
          seq: tip?.['seq'],
          hash: tip?.['hash'],
          time: tip?.['time'],
          anchor_number: newest?.['number'],
          anchor_hash: newest?.['hash'],
        },
      );
      const { text: token } = await world.token('auditor');
      const run = await ended(world, (await start(world, 'acme', token)).body.run.id, token);
      expect(run.state).toBe('broken');
      expect(run.report.findings).toMatchObject([{ code: 'sealed_anchor_missing' }]);
    });
  });
}

/** Makes the log of acme long enough for a verification to be seen under way. */
async function grow({ place }: World, entries: number): Promise<void> {
  const store = await place.open();
  const log = new Log(store);
  const chunk = 1_000;
  for (let at = 0; at < entries; at += chunk) await log.appendAll('acme', drafts(`more-${at}`, chunk));
  await anchorTenant(store, 'acme');
  await log.close();
}

/** Stores a run that is under way, as a process does that is killed afterwards. */
async function keepRun(
  { kind, location }: Place,
  run: {
    readonly id: string;
    readonly tenant: string;
    readonly started: string;
    readonly [more: string]: unknown;
  },
): Promise<void> {
  const { id, tenant, started } = run;
  const row = JSON.stringify(run);
  if (kind === 'sqlite') {
    const db = new Database(`${location}.service`);
    db.prepare('INSERT INTO runs VALUES (?, ?, ?, ?, ?)').run(id, tenant, started, tenant, row);
    db.close();
    return;
  }
  const client = await new MongoClient(location).connect();
  const runs = client.db().collection<{ _id: string }>('service_runs');
  await runs.insertOne({ _id: id, tenant, started, slot: `tenant ${tenant}`, row } as never);
  await client.close();
}
