import { SealtrailError } from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../packages/worker/src/anchoring/events.ts';
import { classify } from '../../packages/worker/src/anchoring/failure.ts';
import { MAX_ATTEMPTS, retryDelayMs } from '../../packages/worker/src/anchoring/retry.ts';
import { runAnchor } from '../../packages/worker/src/anchoring/run-anchor.ts';
import { runTick, type TickRun } from '../../packages/worker/src/anchoring/run-tick.ts';
import { runDeliver, runPublish } from '../../packages/worker/src/publishing/run-publish.ts';
import { ForeignJobError, readAnchorJob } from '../../packages/worker/src/queue/jobs.ts';

function named(name: string, message = 'x'): Error {
  return Object.assign(new Error(message), { name });
}

function coded(code: string): Error {
  return Object.assign(new Error('x'), { code });
}

describe('classification', () => {
  it.each([
    ['broken', new SealtrailError('segment_broken', 'x')],
    ['broken', new SealtrailError('log_broken', 'x')],
    ['outage', new SealtrailError('store_unavailable', 'x')],
    ['outage', new SealtrailError('transaction_busy', 'x')],
    ['outage', coded('ECONNREFUSED')],
    ['outage', coded('EAI_AGAIN')],
    ['outage', coded('SQLITE_BUSY')],
    ['outage', coded('SQLITE_IOERR_READ')],
    ['outage', named('MongoNetworkError')],
    ['outage', named('MongoNetworkTimeoutError')],
    ['outage', named('MongoServerSelectionError')],
    ['outage', named('MongoPoolClearedOnNetworkError')],
    ['outage', Object.assign(named('MongoServerError'), { code: 189 })],
    ['outage', named('Error', 'Connection is closed.')],
    ['outage', new Error('outer', { cause: new Error('middle', { cause: coded('ETIMEDOUT') }) })],
    ['outage', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')])],
    ['failed', new SealtrailError('store_layout', 'x')],
    ['failed', new SealtrailError('store_layout', 'x', {}, { cause: coded('ECONNRESET') })],
    ['failed', new TypeError('x is not a function')],
    ['failed', coded('SQLITE_CORRUPT')],
    ['failed', Object.assign(named('MongoServerError'), { code: 11_000 })],
    ['failed', Object.assign(new Error('x'), { code: 189 })],
    ['failed', 'thrown text'],
    ['failed', undefined],
  ])('%s: %o', (failure, error) => {
    expect(classify(error)).toBe(failure);
  });

  it('takes a stop for the reason, unless something was found broken before', () => {
    const stopped = AbortSignal.abort();
    expect(classify(new Error('x'), stopped)).toBe('abandoned');
    expect(classify(coded('ECONNRESET'), stopped)).toBe('abandoned');
    expect(classify(new SealtrailError('segment_broken', 'x'), stopped)).toBe('broken');
  });

  it('ends on errors that are their own cause', () => {
    const round = new Error('x');
    round.cause = round;
    expect(classify(round)).toBe('failed');
  });
});

describe('retries', () => {
  it('wait longer each time up to a minute, by chance', () => {
    const longest = Array.from({ length: MAX_ATTEMPTS }, (_, i) => retryDelayMs(i + 1, () => 1));
    expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    const shortest = longest.map((_, i) => retryDelayMs(i + 1, () => 0));
    expect(shortest).toEqual(longest.map((ms) => ms / 2));
    expect(retryDelayMs(10_000, () => 1)).toBe(60_000);
  });
});

describe('runs', () => {
  /** A store of which everything fails in the same way. */
  function failing(error: unknown): Store {
    return new Proxy({} as Store, {
      get: () => () => {
        throw error;
      },
    });
  }

  function context(store: Store): {
    alerts: Alert[];
    ticks: TickRun[];
    context: Parameters<typeof runAnchor>[0];
  } {
    const alerts: Alert[] = [];
    const ticks: TickRun[] = [];
    const events = {
      onTick: (run: TickRun) => void ticks.push(run),
      onAnchor: () => {},
      onSweep: () => {},
      onSeal: () => {},
      onPublish: () => {},
      onDeliver: () => {},
      onAlert: (alert: Alert) => void alerts.push(alert),
    };
    return { alerts, ticks, context: { store, maxSegment: 8, maxDelayMs: 0, events } };
  }

  it('alert for a log that was cut, with the first findings only', async () => {
    const findings = Array.from({ length: 30 }, (_, position) => ({ code: 'gap', position, message: 'x' }));
    const broken = context(failing(new SealtrailError('segment_broken', 'cut', { findings })));
    expect(await runAnchor(broken.context, 'acme')).toMatchObject({ outcome: 'broken', anchors: 0 });
    expect(broken.alerts).toEqual([
      {
        code: 'segment_broken',
        tenant: 'acme',
        message: 'cut',
        detail: { findings: findings.slice(0, 10), finding_count: 30 },
      },
    ]);
  });

  it('alert for what nobody foresaw, and for no outage', async () => {
    const bug = context(failing(new TypeError('a bug')));
    expect(await runAnchor(bug.context, 'acme')).toMatchObject({ outcome: 'failed' });
    expect(bug.alerts).toEqual([{ code: 'anchor_failed', tenant: 'acme', message: 'a bug', detail: {} }]);
    const layout = context(failing(new SealtrailError('store_layout', 'old')));
    await runAnchor(layout.context, 'acme');
    expect(layout.alerts).toMatchObject([{ code: 'anchor_failed', detail: { error: 'store_layout' } }]);
    const outage = context(failing(coded('ECONNREFUSED')));
    expect(await runAnchor(outage.context, 'acme')).toMatchObject({ outcome: 'outage' });
    expect(outage.alerts).toEqual([]);
  });

  it.each([
    ['full, under the folder', coded('ENOSPC')],
    ['one that cannot be written', coded('EROFS')],
    ['full, under the memory', coded('SQLITE_FULL')],
  ])(
    'of a publisher alert for a disk that is %s, and for nothing that comes back by itself',
    async (_, cause) => {
      const refusing = (code: 'store_unavailable' | 'sink_failed', why: Error) => {
        const refuse = async () =>
          Promise.reject(new SealtrailError(code, 'cannot write', {}, { cause: why }));
        return { publish: refuse, deliver: refuse, sinks: async () => [] };
      };
      const told = async (why: Error) => {
        const { alerts, context: parts } = context(failing(undefined));
        const { events } = parts;
        const published = await runPublish({ publisher: refusing('store_unavailable', why), events });
        const delivered = await runDeliver({ publisher: refusing('sink_failed', why), events }, 'archive');
        // Tried again in any case.
        expect([published.outcome, delivered.outcome]).toEqual(['outage', 'outage']);
        return alerts;
      };
      expect(await told(coded('ECONNREFUSED'))).toEqual([]);
      expect(await told(cause)).toMatchObject([
        { code: 'publish_failed', message: 'cannot write', detail: { error: 'store_unavailable' } },
        { code: 'delivery_failed', message: 'cannot write', detail: { error: 'sink_failed' } },
      ]);
    },
  );

  it('of a tick hand on batches, and count what they found before they failed', async () => {
    const store = failing(undefined);
    const found = Array.from({ length: 1_200 }, (_, i) => ({ tenant: `t${i}`, entries: 2 }));
    const unanchored = async function* () {
      yield* found;
      throw new TypeError('a bug');
    };
    const { alerts, ticks, context: parts } = context({ ...store, unanchored });
    const batches: number[] = [];
    const run = await runTick(parts, (batch) => void batches.push(batch.length));
    expect(batches).toEqual([500, 500]);
    expect(run).toMatchObject({ outcome: 'failed', tenants: 1_200, entries: 2_400 });
    expect(ticks).toEqual([run]);
    expect(alerts).toEqual([{ code: 'tick_failed', tenant: null, message: 'a bug', detail: {} }]);
  });

  it('of a tick end when told to stop', async () => {
    const unanchored = async function* () {
      yield { tenant: 'acme', entries: 1 };
    };
    const { alerts, context: parts } = context({ ...failing(undefined), unanchored });
    const handed: unknown[] = [];
    const run = await runTick(parts, (batch) => void handed.push(batch), AbortSignal.abort());
    expect(run.outcome).toBe('abandoned');
    expect([handed, alerts]).toEqual([[], []]);
  });
});

describe('a job', () => {
  it('names one tenant and nothing else', () => {
    expect(readAnchorJob({ tenant: 'acme' })).toEqual({ tenant: 'acme' });
    for (const data of [
      null,
      'acme',
      [],
      {},
      { tenant: 1 },
      { tenant: '' },
      { tenant: 'a b' },
      { tenant: 'a', x: 1 },
    ]) {
      expect(() => readAnchorJob(data)).toThrow(ForeignJobError);
    }
  });
});
