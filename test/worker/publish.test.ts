import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { SealtrailError } from '@sealtrail/format';
import { createKeyFile, openKeyFile, Publisher, serveWitness, Witness } from '@sealtrail/publisher';
import { cosignaturesOf, encodeVkey, openCheckpoint, readNote } from '@sealtrail/tlog';
import { openSource, verifyAll } from '@sealtrail/verifier';
import type { Alert } from '@sealtrail/worker';
import { startInlineAnchoring } from '@sealtrail/worker/inline';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Publishing } from './helpers/publishing.ts';
import { TestRedis } from './helpers/redis.ts';
import { STORE_KINDS, TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';
import { TestWorkers } from './helpers/workers.ts';

describe.each(STORE_KINDS)('publishing on %s', (kind) => {
  let test: TestStore;
  let publishing: Publishing;
  const endings: (() => Promise<void>)[] = [];
  const at = (name: string) => publishing.at(name);

  beforeEach(async () => {
    test = await TestStore.open(kind);
    publishing = await Publishing.make();
  });

  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
    await test.close();
    await publishing.remove();
  });

  const shown = () => readFile(at('log/public/checkpoint'), 'utf8').catch(() => undefined);

  async function expectSigned(note: string): Promise<void> {
    const checkpoint = openCheckpoint(note, [publishing.key]);
    const source = await openSource(test.location);
    const report = await verifyAll(source, { checkpoint });
    await source.close();
    expect([report.status, report.findings]).toEqual(['valid', []]);
  }

  it('inline: each tick signs what it sealed', async () => {
    const publisher = new Publisher({
      store: test.store,
      folder: at('log'),
      signers: await publishing.signers(),
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
    await expectSigned(String(await shown()));
    expect((await inline.tick()).publish?.outcome).toBe('idle');
    await test.append('acme', 5);
    expect((await inline.tick()).publish?.outcome).toBe('published');
    await expectSigned(String(await shown()));
  });

  it('inline: a publisher whose memory cannot be asked for its sinks fails its run, and no tick', async () => {
    const signers = await publishing.signers();
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
    await expectSigned(String(await shown()));
  });

  describe.skipIf(inject('redisUrl') === undefined)('with workers', () => {
    it('metrics are there, all of them, while somebody writes what the publisher remembers', async () => {
      const redis = new TestRedis();
      endings.push(() => redis.close());
      const sinksFile = await publishing.sinksFile({
        type: 'directory',
        name: 'archive',
        path: at('archive'),
      });
      await mkdir(at('archive'));
      await test.append('acme', 10);
      const workers = new TestWorkers(test, redis, { sealMs: 200, ...publishing.config, sinksFile });
      endings.push(() => workers.close());
      const { http } = await workers.start();
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
      await expectSigned(String(await shown()));
    });

    it('a witness that is away gets the checkpoint when it is back, and nobody else waits for it', async () => {
      const redis = new TestRedis();
      endings.push(() => redis.close());
      const witnessKey = await createKeyFile(at('w1.key'), 'witness.example/w1', 'witness');
      const witness = new Witness({
        signer: await openKeyFile(at('w1.key')),
        logs: [publishing.key],
        state: at('w.db'),
        init: true,
      });
      endings.push(async () => witness.close());
      const first = await serveWitness(witness, '127.0.0.1', 0);
      const { port } = first;
      await first.close();
      await writeFile(
        at('audit.policy'),
        `log ${encodeVkey(publishing.key)}\nwitness w1 ${encodeVkey(witnessKey)} http://127.0.0.1:${port}/\nquorum w1\n`,
      );
      const sinksFile = await publishing.sinksFile({
        type: 'directory',
        name: 'archive',
        path: at('archive'),
      });
      await mkdir(at('archive'));
      const alerts: Alert[] = [];
      const workers = new TestWorkers(test, redis, {
        sealMs: 200,
        ...publishing.config,
        policyFile: at('audit.policy'),
        sinksFile,
      });
      endings.push(() => workers.close());
      const start = () => workers.start({}, { onAlert: (alert) => void alerts.push(alert) });
      await test.append('acme', 10);
      const [{ http }] = await Promise.all([start(), start()]);
      const metric = async () => {
        const text = await (await fetch(`http://${http.host}:${http.port}/metrics`)).text();
        return /sealtrail_outstanding_checkpoints\{sink="w1"\} (\d+)/.exec(text)?.[1];
      };
      await until('a checkpoint is published and archived', async () => {
        const state = (await shown()) === undefined ? [] : await publishing.sinks();
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
      await expectSigned(String(await shown()));
    });
  });
});
