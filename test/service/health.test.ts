import { createService } from '@sealtrail/service';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { newMongodbPlace } from '../support/places.ts';
import { FaultProxy } from '../support/proxy.ts';

const url = inject('mongodbUrl');

describe.skipIf(url === undefined)('the health of a service whose MongoDB goes', () => {
  /** A service whose way to the store can be shut. */
  async function world() {
    const place = await newMongodbPlace(String(url))();
    await (await place.open()).close();
    const proxy = await FaultProxy.before(place.location);
    const logged: object[] = [];
    const log = (fields: object): void => void logged.push(fields);
    const logger = { info: log, warn: log, error: log };
    const service = await createService({ store: proxy.through(place.location), console: false, logger });
    onTestFinished(() => service.close());
    const ask = async () => {
      const response = await service.fetch(new Request('http://127.0.0.1/healthz'));
      return { status: response.status, body: await response.json() };
    };
    return { ask, logged, proxy };
  }

  it.each(['silence', 'refuse'] as const)('is told soon: %s', async (fault) => {
    const { ask, logged, proxy } = await world();
    expect(await ask()).toMatchObject({ status: 200, body: { status: 'ok' } });
    proxy[fault]();
    const answers = await Promise.all([ask(), ask(), ask()]);
    // Nobody waits until the store itself is found to be away, which takes five times as long.
    expect(logged.filter((fields) => 'operation' in fields && fields.operation === 'health')).toEqual([]);
    for (const { status, body } of answers) {
      expect(status).toBe(503);
      expect(body).toEqual({
        error: { code: 'store_unavailable', message: 'the store does not answer' },
      });
    }
    expect(logged.filter((fields) => 'status' in fields && fields.status === 503)).toHaveLength(3);
  });
});
