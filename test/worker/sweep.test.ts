import { decisionApproved, decisionId, proposalCreated } from '@sealtrail/events';
import { Log } from '@sealtrail/store';
import { indexBeside, openViews, type Views } from '@sealtrail/views';
import { type AnchoringWorker, createWorker } from '@sealtrail/worker';
import { type InlineAnchoring, startInlineAnchoring } from '@sealtrail/worker/inline';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { STORE_KINDS, TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';

const PAST = '2026-01-01T00:00:00.000Z';
const FUTURE = '2999-01-01T00:00:00.000Z';
const targets = [{ type: 'deal', id: 'd-1' }];

describe.each(STORE_KINDS)('proposals whose time is up, on %s', (kind) => {
  let test: TestStore;
  let log: Log;
  const endings: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    test = await TestStore.open(kind);
    log = new Log(test.store);
  });

  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
    await log.close();
    await test.close();
  });

  const propose = (tenant: string, proposal: string, expires_at?: string, approval?: 'not_required') =>
    log.append(
      tenant,
      proposalCreated({
        proposal,
        actor: { type: 'agent', id: 'assistant' },
        action: 'set_discount',
        targets,
        args: {},
        rationale: null,
        confidence: null,
        expires_at,
        approval,
      }),
    );

  const approve = (tenant: string, proposal: string) =>
    log.append(
      tenant,
      decisionApproved({ proposal, actor: { type: 'user', id: 'u', auth_method: 'sso' }, targets }),
    );

  const ends = async (tenant: string, ...proposals: string[]) => {
    const found = await test.store.findByIds(tenant, proposals.map(decisionId));
    return proposals.map((proposal) => found.get(decisionId(proposal))?.type ?? 'none');
  };

  async function views(): Promise<Views> {
    const one = await openViews({ store: test.store, index: indexBeside(test.location) });
    endings.push(() => one.close());
    return one;
  }

  async function inline(): Promise<InlineAnchoring> {
    const one = startInlineAnchoring({
      store: test.store,
      views: await views(),
      intervalMs: 3_600_000,
      maxDelayMs: 0,
    });
    endings.push(() => one.stop());
    return one;
  }

  it('expire at the next tick: those that are due, that wait, and no others', async () => {
    await propose('acme', 'due', PAST);
    await propose('acme', 'decided', PAST);
    await approve('acme', 'decided');
    await propose('acme', 'later', FUTURE);
    await propose('acme', 'never');
    await propose('acme', 'free', PAST, 'not_required');
    await propose('globex', 'due', PAST);
    const place = await inline();
    const ticks = [await place.tick(), await place.tick()];
    // The tick at the start and those asked for: together they expire each once.
    expect(ticks.map(({ sweep }) => sweep?.outcome)).toEqual(['done', 'done']);
    expect(ticks[1]?.sweep).toMatchObject({ expired: 0, decided: 0 });
    expect(await ends('acme', 'due', 'decided', 'later', 'never', 'free')).toEqual([
      'proposal.expired',
      'decision.approved',
      'none',
      'none',
      'none',
    ]);
    expect(await ends('globex', 'due')).toEqual(['proposal.expired']);
    await test.expectSound('acme', 'globex');
  });

  it('expire once, however many sweep and decide at the same moment', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `p-${i}`);
    await Promise.all(ids.map((id) => propose('acme', id, PAST)));
    const places = await Promise.all([inline(), inline(), inline()]);
    const clicks = ids
      .filter((_, i) => i % 3 === 0)
      .map((id) =>
        approve('acme', id).then(
          () => 1,
          () => 0,
        ),
      );
    await Promise.all(places.map((place) => place.tick()));
    const approved = (await Promise.all(clicks)).reduce<number>((sum, one) => sum + one, 0);
    await (places[0] as InlineAnchoring).tick();
    const found = await ends('acme', ...ids);
    expect(found.filter((type) => type === 'decision.approved')).toHaveLength(approved);
    expect(found.filter((type) => type === 'proposal.expired')).toHaveLength(60 - approved);
    await test.expectSound('acme');
  });

  it('expire in the other logs when one is broken, and that one raises an alert', async () => {
    for (const tenant of ['acme', 'broken', 'zenith']) await propose(tenant, 'due', PAST);
    await approve('broken', 'other');
    await test.cut('broken', 2);
    const place = startInlineAnchoring({
      store: test.store,
      views: await views(),
      intervalMs: 3_600_000,
      maxDelayMs: 0,
      onAlert: ({ code, tenant }) => void alerts.push(`${code} ${tenant}`),
    });
    const alerts: string[] = [];
    endings.push(() => place.stop());
    await place.tick();
    expect(await ends('acme', 'due')).toEqual(['proposal.expired']);
    expect(await ends('zenith', 'due')).toEqual(['proposal.expired']);
    expect(await ends('broken', 'due')).toEqual(['none']);
    expect(alerts).toContain('log_broken broken');
    const reports = await test.verify();
    expect([...reports.values()].map(({ tenant, status }) => `${tenant} ${status}`)).toEqual([
      'acme valid',
      'broken broken',
      'zenith valid',
      '~seals valid',
    ]);
  });

  describe.skipIf(inject('redisUrl') === undefined)('with workers', () => {
    it('expire on their schedule, also with several workers and an index elsewhere', async () => {
      const redis = new TestRedis();
      endings.push(() => redis.close());
      const index = kind === 'sqlite' ? `${test.location}-elsewhere.views` : test.location;
      const start = async (): Promise<AnchoringWorker> => {
        const recorder = new Recorder();
        const worker = createWorker(
          {
            store: test.location,
            redisUrl: redis.url,
            queuePrefix: redis.prefix,
            tickMs: 200,
            sweepMs: 200,
            index,
            maxDelayMs: 0,
            httpPort: 0,
          },
          { logger: recorder },
        );
        endings.push(() => worker.close());
        await worker.start();
        return worker;
      };
      await propose('acme', 'before', PAST);
      await Promise.all([start(), start()]);
      await until('it expired', async () => (await ends('acme', 'before'))[0] === 'proposal.expired');
      await propose('acme', 'after', new Date(Date.now() + 300).toISOString());
      await until(
        'the later one expired',
        async () => (await ends('acme', 'after'))[0] === 'proposal.expired',
      );
      // Not by the head: MongoDB's may lag behind the last entry.
      const unanchored = async () => (await test.verify()).get('acme')?.unanchored;
      await until('all is anchored', async () => (await unanchored()) === null);
      await test.expectSound('acme');
    });
  });
});
