import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import {
  createKeyFile,
  LogFolder,
  openKeyFile,
  Publisher,
  serveWitness,
  Witness,
} from '@sealtrail/publisher';
import { cosignaturesOf, encodeVkey, openCheckpoint, readNote } from '@sealtrail/tlog';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { type Alert, createWorker } from '@sealtrail/worker';
import { startInlineAnchoring } from '@sealtrail/worker/inline';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { STORE_KINDS, TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';

describe.each(STORE_KINDS)('publishing on %s', (kind) => {
  let test: TestStore;
  let folder: string;
  const endings: (() => Promise<void>)[] = [];
  const at = (name: string) => join(folder, name);

  beforeEach(async () => {
    test = await TestStore.open(kind);
    folder = await mkdtemp(join(tmpdir(), 'sealtrail-worker-publish-'));
  });

  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
    await test.close();
    await rm(folder, { recursive: true, force: true });
  });

  const shown = () => readFile(at('log/public/checkpoint'), 'utf8').catch(() => undefined);

  async function expectSigned(note: string, key: Parameters<typeof openCheckpoint>[1][0]): Promise<void> {
    const checkpoint = openCheckpoint(note, [key]);
    const source = await openSource(test.location);
    const report = await verifyAll(source, { checkpoint });
    await source.close();
    expect([report.status, report.findings]).toEqual(['valid', []]);
  }

  it('inline: each tick signs what it sealed', async () => {
    const key = await createKeyFile(at('op.key'), 'audit.example/log', 'log');
    const publisher = new Publisher({
      store: test.store,
      folder: at('log'),
      signers: [await openKeyFile(at('op.key'))],
    });
    endings.push(async () => publisher.close());
    await test.append('acme', 5);
    const inline = startInlineAnchoring({
      store: test.store,
      publisher,
      intervalMs: 3_600_000,
      maxDelayMs: 0,
    });
    endings.push(() => inline.stop());
    await inline.tick();
    await expectSigned(String(await shown()), key);
    expect((await inline.tick()).publish?.outcome).toBe('idle');
    await test.append('acme', 5);
    expect((await inline.tick()).publish?.outcome).toBe('published');
    await expectSigned(String(await shown()), key);
  });

  it('inline: a publisher whose memory cannot be asked for its sinks fails its run, and no tick', async () => {
    const key = await createKeyFile(at('op.key'), 'audit.example/log', 'log');
    const signers = [await openKeyFile(at('op.key'))];
    const publisher = new Publisher({ store: test.store, folder: at('log'), signers });
    endings.push(async () => publisher.close());
    publisher.sinks = async () => {
      throw new SealtrailError('store_unavailable', 'others hold it');
    };
    await test.append('acme', 5);
    const inline = startInlineAnchoring({
      store: test.store,
      publisher,
      intervalMs: 3_600_000,
      maxDelayMs: 0,
    });
    endings.push(() => inline.stop());
    const { publish, deliveries } = await inline.tick();
    expect([publish?.outcome, deliveries]).toEqual(['outage', []]);
    expect(publish?.error).toMatchObject({ code: 'store_unavailable' });
    await expectSigned(String(await shown()), key);
  });

  describe.skipIf(inject('redisUrl') === undefined)('with workers', () => {
    it('metrics are there, all of them, while somebody writes what the publisher remembers', async () => {
      const redis = new TestRedis();
      endings.push(() => redis.close());
      const key = await createKeyFile(at('op.key'), 'audit.example/log', 'log');
      await writeFile(
        at('sinks.json'),
        JSON.stringify({ sinks: [{ type: 'directory', name: 'archive', path: at('archive') }] }),
      );
      await mkdir(at('archive'));
      await test.append('acme', 10);
      const worker = createWorker(
        {
          store: test.location,
          redisUrl: redis.url,
          queuePrefix: redis.prefix,
          tickMs: 200,
          sealMs: 200,
          publishMs: 200,
          sweepMs: 0,
          maxDelayMs: 0,
          httpPort: 0,
          logFolder: at('log'),
          keyFiles: [at('op.key')],
          sinksFile: at('sinks.json'),
        },
        { logger: new Recorder() },
      );
      endings.push(() => worker.close());
      const { http } = await worker.start();
      const metrics = async () => {
        const answer = await fetch(`http://${http.host}:${http.port}/metrics`);
        return { status: answer.status, text: await answer.text() };
      };
      const sample = 'sealtrail_outstanding_checkpoints{sink="archive"}';
      await until('the metric is there', async () => (await metrics()).text.includes(sample));
      const memory = new Database(at('log/publisher.db'));
      await until('nobody else holds it', () => {
        try {
          memory.exec('BEGIN IMMEDIATE');
          return true;
        } catch {
          return false;
        }
      });
      const { status, text } = await metrics();
      memory.exec('ROLLBACK');
      memory.close();
      expect(status).toBe(200);
      expect(text).toContain('sealtrail_alerts_total');
      expect(text).toContain(sample);
      await until('a checkpoint is published', async () => (await shown()) !== undefined);
      await expectSigned(String(await shown()), key);
    });

    it('a witness that is away gets the checkpoint when it is back, and nobody else waits for it', async () => {
      const redis = new TestRedis();
      endings.push(() => redis.close());
      const key = await createKeyFile(at('op.key'), 'audit.example/log', 'log');
      const witnessKey = await createKeyFile(at('w1.key'), 'witness.example/w1', 'witness');
      const witness = new Witness({
        signer: await openKeyFile(at('w1.key')),
        logs: [key],
        state: at('w.db'),
        init: true,
      });
      endings.push(async () => witness.close());
      const first = await serveWitness(witness, '127.0.0.1', 0);
      const { port } = first;
      await first.close();
      await writeFile(
        at('audit.policy'),
        `log ${encodeVkey(key)}\nwitness w1 ${encodeVkey(witnessKey)} http://127.0.0.1:${port}/\nquorum w1\n`,
      );
      await writeFile(
        at('sinks.json'),
        JSON.stringify({ sinks: [{ type: 'directory', name: 'archive', path: at('archive') }] }),
      );
      await mkdir(at('archive'));
      const alerts: Alert[] = [];
      const start = async () => {
        const worker = createWorker(
          {
            store: test.location,
            redisUrl: redis.url,
            queuePrefix: redis.prefix,
            tickMs: 200,
            sealMs: 200,
            publishMs: 200,
            sweepMs: 0,
            maxDelayMs: 0,
            httpPort: 0,
            logFolder: at('log'),
            keyFiles: [at('op.key')],
            policyFile: at('audit.policy'),
            sinksFile: at('sinks.json'),
          },
          { logger: new Recorder(), onAlert: (alert) => void alerts.push(alert) },
        );
        endings.push(() => worker.close());
        return worker.start();
      };
      await test.append('acme', 10);
      const [{ http }] = await Promise.all([start(), start()]);
      const metric = async () => {
        const text = await (await fetch(`http://${http.host}:${http.port}/metrics`)).text();
        return /sealtrail_outstanding_checkpoints\{sink="w1"\} (\d+)/.exec(text)?.[1];
      };
      await until('a checkpoint is published and archived', async () => {
        const state = (await shown()) === undefined ? [] : await sinksOf(at('log'));
        return state.some(({ name, outstanding }) => name === 'archive' && outstanding === 0);
      });
      await until('the metric tells who waits', async () => (await metric()) === '1');
      const back = await serveWitness(witness, '127.0.0.1', port);
      endings.push(() => back.close());
      await until('the witness has cosigned', async () => {
        const note = await shown();
        return note !== undefined && cosignaturesOf(readNote(note), [witnessKey]).length === 1;
      });
      await until('nothing is outstanding', async () => (await metric()) === '0');
      expect(alerts).toEqual([]);
      await expectSigned(String(await shown()), key);
    });
  });
});

/** The sinks as another process sees them. */
async function sinksOf(folder: string) {
  const log = new LogFolder(folder);
  try {
    return await log.sinks();
  } finally {
    log.close();
  }
}
