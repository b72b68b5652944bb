import { SEALS_TENANT } from '@sealtrail/format';
import { anchorTenant, Log, proveHistory, Sealer, type Store, sealTenants } from '@sealtrail/store';
import {
  type LogSource,
  openSource,
  type SourceReport,
  type TenantReport,
  verifyAll,
  verifyTenant,
} from '@sealtrail/verifier';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { addSeal } from '../campaigns/lib/tamper/add-seal.mjs';
import { draft } from '../support/drafts.ts';
import { newSqlitePlace, type Place } from '../support/places.ts';
import { type Raw, raw } from '../support/raw.ts';
import { rehash } from '../support/rehash.ts';

interface Sealed {
  readonly place: Place;
  readonly store: Store;
  readonly hand: Raw;
  /** The seal as an auditor noted it. */
  readonly seal: { readonly number: number; readonly hash: string };
}

async function append(store: Store, tenant: string, name: string, entries: number): Promise<void> {
  const log = new Log(store);
  for (let i = 0; i < entries; i++) await log.append(tenant, draft(`${name}-${i}`));
  await log.close();
  await anchorTenant(store, tenant, { maxSegment: 4 });
}

/** Three tenants of eight entries under seal 1, then three more entries of each under seal 2. */
async function sealedStore(): Promise<Sealed> {
  const place = await newSqlitePlace();
  const store = await place.open();
  for (const [name, entries] of [
    ['first', 7],
    ['second', 3],
  ] as const) {
    for (const tenant of ['acme', 'beta', 'gamma']) await append(store, tenant, name, entries);
    await sealTenants(store);
  }
  const { seal } = await sealTenants(store);
  const { number, hash } = (seal as NonNullable<typeof seal>).seal;
  return { place, store, hand: await raw(place), seal: { number, hash } };
}

async function verified({ place }: Sealed, seal?: Sealed['seal']): Promise<SourceReport> {
  const source = await openSource(place.location);
  const report = await verifyAll(source, { seal });
  await source.close();
  return report;
}

/** What somebody is told who may see this one tenant. */
async function verifiedAlone({ place }: Sealed, tenant: string): Promise<TenantReport> {
  const source = await openSource(place.location);
  const report = await verifyTenant(source, tenant, { sealed: true });
  await source.close();
  return report;
}

/** What is found with a checkpoint of so many entries of the operator's log, whatever its root. */
async function verifiedBy({ place }: Sealed, { size }: { readonly size: number }): Promise<string[]> {
  const source = await openSource(place.location);
  const report = await verifyAll(source, { checkpoint: { size, root: '0'.repeat(64) } });
  await source.close();
  return codes(report);
}

const codes = ({ findings }: SourceReport) => findings.map(({ code }) => code);

function run({ location }: Place, sql: string): void {
  const db = new Database(location);
  db.exec(sql);
  db.close();
}

async function dropTenant(hand: Raw, tenant: string): Promise<void> {
  for (const table of ['tenants', 'heads', 'anchors', 'entries'] as const)
    await hand.remove(table, { tenant });
}

/** Sets a log back to its first segments, so that it agrees with itself. */
async function setBack(hand: Raw, tenant: string, anchors: number): Promise<void> {
  const kept = (await hand.rows('anchors', tenant)).slice(0, anchors).at(-1);
  const end = Number(kept?.['to_seq'] ?? 0);
  for (const { seq } of await hand.rows('entries', tenant)) {
    if (Number(seq) > end) await hand.remove('entries', { tenant, seq: Number(seq) });
  }
  for (const { number } of await hand.rows('anchors', tenant)) {
    if (Number(number) >= anchors) await hand.remove('anchors', { tenant, number: Number(number) });
  }
  const last = (await hand.rows('entries', tenant)).at(-1);
  await hand.set(
    'heads',
    { tenant },
    {
      seq: last?.['seq'],
      hash: last?.['hash'],
      time: last?.['time'],
      anchor_number: kept?.['number'] ?? null,
      anchor_hash: kept?.['hash'] ?? null,
    },
  );
}

describe('a store whose tenants are sealed', () => {
  it('is valid, names its newest seal, and still has the one that was noted', async () => {
    const world = await sealedStore();
    const report = await verified(world, world.seal);
    expect(report).toMatchObject({ status: 'valid', findings: [], seal: { ...world.seal, tenants: 3 } });
    expect(report.notChecked).toEqual([]);
    await append(world.store, 'acme', 'later', 5);
    await sealTenants(world.store);
    expect(await verified(world, world.seal)).toMatchObject({
      status: 'valid',
      seal: { number: 3, tenants: 3 },
    });
  });

  it('that lost a tenant, registry row and all, is broken', async () => {
    const world = await sealedStore();
    await dropTenant(world.hand, 'beta');
    const report = await verified(world);
    expect([report.status, report.broken, codes(report)]).toEqual(['broken', 0, ['sealed_tenant_missing']]);
  });

  it('with a log that was set back together with its head and anchors is broken', async () => {
    const world = await sealedStore();
    await setBack(world.hand, 'beta', 1);
    const report = await verified(world);
    expect([report.status, report.broken, codes(report)]).toEqual(['broken', 0, ['sealed_anchor_missing']]);
  });

  it('with a log that was set back and grew again is broken: a new anchor does not launder it', async () => {
    const world = await sealedStore();
    await setBack(world.hand, 'beta', 1);
    await append(world.store, 'beta', 'other', 20);
    const report = await verified(world);
    expect([report.status, codes(report)]).toEqual(['broken', ['sealed_anchor_mismatch']]);
    // The sealer does not take it either.
    const { refused } = await sealTenants(world.store, { now: () => Date.now() + 7_200_000 });
    expect(refused).toEqual([{ tenant: 'beta', reason: 'forked' }]);
    expect((await verified(world)).status).toBe('broken');
  });

  it.each([
    ["type = 'x.hidden'", 'its column changed'],
    ["entry = 'none'", 'its text changed'],
  ])('whose newest seal is hidden (%s) cannot pass off a log that was set back', async (change) => {
    const world = await sealedStore();
    await setBack(world.hand, 'beta', 1);
    run(world.place, `UPDATE entries SET ${change} WHERE tenant = '~seals' AND seq = 2`);
    const { status, findings } = await verifiedAlone(world, 'beta');
    expect([status, findings.map(({ code }) => code)]).toEqual([
      'broken',
      expect.arrayContaining(['seals_broken']),
    ]);
    // It is for whoever may see that log to look where.
    expect(findings.find(({ code }) => code === 'seals_broken')?.position).toBeNull();
  });

  it('that lost a tenant with its lines in the directories is not sealed on, however often that is tried', async () => {
    const world = await sealedStore();
    await dropTenant(world.hand, 'beta');
    run(world.place, "DELETE FROM directory_changes WHERE tenant = 'beta'");
    await append(world.store, 'acme', 'later', 5);
    const sealer = new Sealer(world.store);
    for (const seal of [() => sealer.seal(), () => sealer.seal(), () => sealTenants(world.store)])
      await expect(seal()).rejects.toMatchObject({ code: 'log_broken', detail: { seal: 2 } });
    const record = { type: 'deal', id: 'd-77' };
    await expect(proveHistory(world.store, 'acme', record)).rejects.toMatchObject({ code: 'log_broken' });
    const report = await verified(world, world.seal);
    expect([report.status, report.broken, codes(report)]).toEqual(['broken', 0, ['directory_mismatch']]);
  });

  it('that lost a tenant with its lines, and got a seal over what is left, is broken by the seals before it', async () => {
    const world = await sealedStore();
    await dropTenant(world.hand, 'beta');
    run(world.place, "DELETE FROM directory_changes WHERE tenant = 'beta'");
    await addSeal(world.place.location);
    const report = await verified(world);
    expect(report).toMatchObject({ status: 'broken', broken: 0, seal: { number: 3 } });
    expect(report.findings).toMatchObject([{ code: 'directory_mismatch', position: null }]);
    expect(report.findings[0]?.message).toContain('not the one of seal 1, nor those of 1 seals after it');
  });

  it('with a log that was set back, grew further and got a seal is found by the seal that was noted', async () => {
    const world = await sealedStore();
    await setBack(world.hand, 'beta', 1);
    await append(world.store, 'beta', 'other', 20);
    await addSeal(world.place.location);
    // It agrees with itself: whoever can add a seal could have written everything anew.
    expect(await verified(world)).toMatchObject({ status: 'valid', seal: { number: 3 } });
    const report = await verified(world, world.seal);
    expect([report.status, codes(report)]).toEqual(['broken', ['sealed_anchor_mismatch']]);
    const signed = await verifiedBy(world, { size: world.seal.number + 1 });
    expect(signed).toContain('sealed_anchor_mismatch');
  });

  it('whose seal names another anchor than the seal before it is broken', async () => {
    const world = await sealedStore();
    await rehash(world.hand, 'beta', 6, { data: { action: 'nothing to see' } }, { head: true });
    await world.hand.set('heads', { tenant: 'beta' }, { anchor_number: null, anchor_hash: null });
    for (const { number } of await world.hand.rows('anchors', 'beta'))
      await world.hand.remove('anchors', { tenant: 'beta', number: Number(number) });
    await anchorTenant(world.store, 'beta', { maxSegment: 4 });
    await addSeal(world.place.location);
    const report = await verified(world);
    expect([report.status, codes(report)]).toEqual(['broken', ['directory_mismatch']]);
    expect(report.findings[0]?.message).toContain('another anchor 2 of beta');
    // Whoever asks about acme is told nothing of beta, and beta's fault is not acme's.
    expect(await verifiedAlone(world, 'acme')).toMatchObject({ status: 'valid', findings: [] });
    const { status, findings } = await verifiedAlone(world, 'beta');
    expect([status, findings.map(({ message }) => message)]).toEqual([
      'broken',
      [report.findings[0]?.message],
    ]);
  });

  it('whose suffix was rewritten, hashed and anchored anew is broken', async () => {
    const world = await sealedStore();
    await rehash(world.hand, 'beta', 6, { data: { action: 'nothing to see' } }, { head: true });
    await world.hand.set('heads', { tenant: 'beta' }, { anchor_number: null, anchor_hash: null });
    for (const { number } of await world.hand.rows('anchors', 'beta')) {
      await world.hand.remove('anchors', { tenant: 'beta', number: Number(number) });
    }
    await anchorTenant(world.store, 'beta', { maxSegment: 4 });
    const report = await verified(world);
    expect([report.status, report.broken, codes(report)]).toEqual(['broken', 0, ['sealed_anchor_mismatch']]);
  });

  it('whose stored directory was changed is broken', async () => {
    const world = await sealedStore();
    for (const sql of [
      "DELETE FROM directory_changes WHERE tenant = 'beta'",
      "UPDATE directory_changes SET anchors = anchors - 1 WHERE tenant = 'beta' AND seal = 2",
      "UPDATE directory_changes SET anchors = 99 WHERE tenant = 'beta' AND seal = 1",
      "UPDATE directory_changes SET last = 'nothing' WHERE tenant = 'beta' AND seal = 2",
      "UPDATE directory_changes SET last = printf('%064d', 1) WHERE tenant = 'beta' AND seal = 2",
      "UPDATE directory_changes SET tenant = 'delta' WHERE tenant = 'beta'",
      'UPDATE directory_changes SET seal = 1 WHERE seal = 2',
    ]) {
      const copy = await sealedStore();
      run(copy.place, sql);
      const report = await verified(copy);
      expect(report.status, sql).toBe('broken');
      expect(codes(report), sql).toContain('directory_mismatch');
      // The seals vouch for no line any more, so acme is not proved either; which line it was is not said.
      const { findings } = await verifiedAlone(copy, 'acme');
      expect(findings, sql).toMatchObject([{ code: 'directory_mismatch', position: null }]);
      expect(JSON.stringify(findings), sql).not.toContain('beta');
    }
    expect((await verified(world)).status).toBe('valid');
  });

  it('whose seals are gone or set back agrees with itself, and is found by the seal that was noted', async () => {
    const gone = await sealedStore();
    await anchorTenant(gone.store, SEALS_TENANT);
    await dropTenant(gone.hand, SEALS_TENANT);
    await dropTenant(gone.hand, 'beta');
    expect((await verified(gone)).status).toBe('valid');
    expect(codes(await verified(gone, gone.seal))).toEqual(['sealed_tenant_missing']);

    const back = await sealedStore();
    run(back.place, 'DELETE FROM directory_changes WHERE seal = 2');
    await setBackSeals(back.hand);
    for (const tenant of ['acme', 'beta', 'gamma']) await setBack(back.hand, tenant, 2);
    expect(await verified(back)).toMatchObject({ status: 'valid', seal: { number: 1 } });
    expect(await verified(back, back.seal)).toMatchObject({ status: 'broken', broken: 1 });
  });

  it('is verified no further for somebody who has gone, nor are its seals', async () => {
    const world = await sealedStore();
    const source = await openSource(world.place.location);
    const gone = new AbortController();
    const watched: LogSource = {
      columns: source.columns,
      openings: source.openings,
      logs: () => source.logs(),
      directoryChanges: async function* () {
        yield* source.directoryChanges?.() ?? [];
      },
      log: (tenant) => {
        if (tenant === SEALS_TENANT) gone.abort();
        return source.log(tenant);
      },
      close: () => source.close(),
    };
    const verifying = verifyTenant(watched, 'acme', { sealed: true, signal: gone.signal });
    await expect(verifying).rejects.toMatchObject({ name: 'AbortError' });
    await source.close();
  });
});

async function setBackSeals(hand: Raw): Promise<void> {
  await hand.remove('entries', { tenant: SEALS_TENANT, seq: 2 });
  const last = (await hand.rows('entries', SEALS_TENANT)).at(-1);
  const { seq, hash, time } = last ?? {};
  await hand.set('heads', { tenant: SEALS_TENANT }, { seq, hash, time });
}
