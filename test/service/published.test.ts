import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyFile, directorySink, openKeyFile, Publisher } from '@sealtrail/publisher';
import { createService, openTokens } from '@sealtrail/service';
import { anchorTenant, sealTenants } from '@sealtrail/store';
import { openCheckpoint, policyOfKey } from '@sealtrail/tlog';
import { openPublishedLog, readEvidence, verifyCheckpoint, verifyEvidence } from '@sealtrail/verifier';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verifyEverything, World } from '../retention/world.ts';
import { codeOf } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';

/** A store whose seals are published, with the service over both. */
async function published() {
  const world = await World.open(newSqlitePlace);
  await world.append(11);
  await anchorTenant(world.store, 'acme');
  await sealTenants(world.store);
  const { folder, location } = world.place;
  const key = await createKeyFile(join(folder, 'op.key'), 'audit.example/log', 'log');
  const signers = [await openKeyFile(join(folder, 'op.key'))];
  const sinks = [directorySink('archive', join(folder, 'archive'))];
  await mkdir(join(folder, 'archive'));
  const publisher = new Publisher({ store: world.store, folder: join(folder, 'log'), signers, sinks });
  onTestFinished(() => publisher.close());
  await publisher.publish();
  const tokens = await openTokens(location);
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  const make = (scope: Parameters<typeof tokens.create>[0]['scope'], role: 'admin' | 'auditor') =>
    tokens.create({ name: role, role, scope, expires });
  const admin = (await make({ tenants: 'all' }, 'admin')).text;
  const auditor = (await make({ tenants: ['acme'], record: { type: 'contact', id: 'c-1' } }, 'auditor')).text;
  await tokens.close();
  const get = await serving(location, join(folder, 'log'));
  return { world, publisher, key, admin, auditor, get };
}

/** What asks a service over a store and the log that is published of it. */
async function serving(store: string, log: string) {
  const service = await createService({ store, path: '/audit', log, console: false });
  onTestFinished(() => service.close());
  return (path: string, token?: string) =>
    service.fetch(
      new Request(
        `http://crm.example/audit${path}`,
        token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
      ),
    );
}

describe('the service over a published log', () => {
  it('shows the checkpoint and what its sinks wait for, to those whose scope is everything', async () => {
    const { publisher, admin, auditor, get, world } = await published();
    const status = async (token: string) => (await get('/api/v1/status', token)).json();
    const { size, time } = (await publisher.newest()) as { size: number; time: string };
    expect(await status(admin)).toMatchObject({
      checkpoint: { size, time, witnesses: [] },
      sinks: [{ name: 'archive', outstanding: 1 }],
    });
    await publisher.deliver('archive');
    expect(await status(admin)).toMatchObject({ sinks: [{ name: 'archive', outstanding: 0 }] });
    expect(await status(auditor)).toMatchObject({ checkpoint: { size }, sinks: [] });
    expect((await verifyEverything(world.place.location)).report.status).toBe('valid');
  });

  it.each([
    // Whoever signs and publishes: what was finished before is told.
    [
      'writes it',
      'BEGIN IMMEDIATE',
      { checkpoint: { witnesses: [] }, sinks: [{ outstanding: 1 }], held: false },
    ],
    // Whoever copies it, or took it for himself: that is all that can be told of it.
    [
      'has it to himself',
      'PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; UPDATE checkpoints SET time = time; COMMIT',
      { checkpoint: null, sinks: [], held: true },
    ],
  ])('waits for nobody who %s', async (_, sql, told) => {
    const { admin, world } = await published();
    const { folder, location } = world.place;
    // In a copy, where no connection of this process is in the other's way.
    await cp(join(folder, 'log'), join(folder, 'copy'), { recursive: true });
    const other = new Database(join(folder, 'copy', 'publisher.db'));
    onTestFinished(() => void other.close());
    other.exec(sql);
    const get = await serving(location, join(folder, 'copy'));
    const begun = performance.now();
    const answer = await get('/api/v1/status', admin);
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect([answer.status, await answer.json()]).toMatchObject([200, { seal: { number: 1 }, ...told }]);
  });

  it('serves the checkpoint and its tiles to everybody, and nothing else of the folder', async () => {
    const { key, get } = await published();
    const checkpoint = await get('/log/checkpoint');
    const note = await checkpoint.text();
    expect([checkpoint.status, openCheckpoint(note, [key]).origin]).toEqual([200, 'audit.example/log']);
    expect((await get('/log/tile/0/000.p/3')).status).toBe(200);
    for (const path of [
      '/log/publisher.db',
      '/log/../publisher.db',
      '/log/%2e%2e/publisher.db',
      '/log/',
      '/log/tile/0/001',
    ]) {
      expect((await get(path)).status).toBe(404);
    }
    expect(await verifyCheckpoint(note, { policy: policyOfKey(key) })).toMatchObject({ status: 'valid' });
    expect(() => openPublishedLog('http://crm.example/audit/log')).not.toThrow();
  });

  it('hands out evidence that leads to the checkpoint, and only within the scope', async () => {
    const { world, key, auditor, get } = await published();
    const answer = await get('/api/v1/tenants/acme/records/contact/c-1/evidence?disclose=rationale', auditor);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/gzip']);
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="acme-contact-c-1.evidence.gz"',
    );
    const file = join(world.place.folder, 'evidence.gz');
    await writeFile(file, new Uint8Array(await answer.arrayBuffer()));
    const report = verifyEvidence(await readEvidence(file), { policy: policyOfKey(key) });
    expect([report.status, report.entries.length, report.disclosed]).toEqual(['valid', 2, 2]);
    expect((await get('/api/v1/tenants/acme/records/contact/c-2/evidence', auditor)).status).toBe(404);
    expect((await get('/api/v1/tenants/acme/entries/2/evidence', auditor)).status).toBe(200);
    expect((await get('/api/v1/tenants/acme/entries/1/evidence', auditor)).status).toBe(404);
    expect((await get('/api/v1/tenants/acme/records/contact/c-1/evidence?more=1', auditor)).status).toBe(400);
    for (const of of ['records/contact/c-1', 'entries/2']) {
      const message = 'disclose: rational: what is proved has only name, rationale';
      const mistyped = await get(`/api/v1/tenants/acme/${of}/evidence?disclose=rationale,rational`, auditor);
      expect([mistyped.status, await mistyped.json()]).toEqual([
        400,
        { error: { code: 'query_invalid', message } },
      ]);
    }
    const { report: all } = await verifyEverything(world.place.location);
    expect(all.status).toBe('valid');
  });

  it('is not opened over a folder where nothing was published', async () => {
    const { world } = await published();
    const wrong = createService({ store: world.place.location, log: join(world.place.folder, 'nothing') });
    expect(await codeOf(wrong)).toBe('config_invalid');
  });
});
