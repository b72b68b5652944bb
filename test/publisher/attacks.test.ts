import { join } from 'node:path';
import { SEALS_TENANT } from '@sealtrail/format';
import {
  type RefusedCheckpoint,
  type StoredCheckpoint,
  serveWitness,
  Witness,
  witnessSink,
} from '@sealtrail/publisher';
import { openStore, proveEntry, proveHistory, type Store } from '@sealtrail/store';
import {
  type Checkpoint,
  encodeAddCheckpoint,
  encodeVkey,
  type Policy,
  readPolicy,
  type Signer,
  signCheckpoint,
} from '@sealtrail/tlog';
import {
  openPublishedLog,
  openSource,
  type SourceReport,
  verifyAll,
  verifyCheckpoint,
  verifyProof,
  vouchFor,
} from '@sealtrail/verifier';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';
import { raw } from '../support/raw.ts';
import { rehash } from '../support/rehash.ts';
import { newSigner, ORIGIN, World } from './world.ts';

// An operator who holds the store, the seals and the key, against auditors who hold a few hundred bytes. Each attack says who
// notices, and what nobody can notice without a witness.

interface Fork {
  readonly store: Store;
  readonly location: string;
}

/** A second history with everything so far: the operator may go on differently with each. */
async function fork({ place }: World, name: string): Promise<Fork> {
  const location = join(place.folder, `${name}.db`);
  const db = new Database(place.location);
  db.exec(`VACUUM INTO '${location}'`);
  db.close();
  const store = await openStore(location);
  onTestFinished(() => store.close());
  return { store, location };
}

async function newWitness(world: World): Promise<{
  signer: Signer;
  sink: ReturnType<typeof witnessSink>;
  policy: Policy;
  refused: RefusedCheckpoint[];
}> {
  const signer = await newSigner(world.place.folder, 'witness.example/w1', 'witness');
  const refused: RefusedCheckpoint[] = [];
  const witness = new Witness({
    signer,
    logs: [world.signer.key],
    state: join(world.place.folder, 'w1.db'),
    init: true,
    onRefused: (one) => refused.push(one),
  });
  const server = await serveWitness(witness, '127.0.0.1', 0);
  onTestFinished(async () => {
    await server.close();
    witness.close();
  });
  const policy = readPolicy(
    `log ${encodeVkey(world.signer.key)}\nwitness w1 ${encodeVkey(signer.key)}\nquorum w1\n`,
  );
  return { signer, refused, sink: witnessSink('w1', `http://127.0.0.1:${server.port}/`, signer.key), policy };
}

async function verified(location: string, checkpoint?: Checkpoint): Promise<SourceReport> {
  const source = await openSource(location);
  const report = await verifyAll(source, { checkpoint });
  await source.close();
  return report;
}
const codes = ({ findings }: SourceReport) => findings.map(({ code }) => code);
const noteOf = (checkpoint: StoredCheckpoint | undefined) => String(checkpoint?.note);
const asCheckpoint = (stored: StoredCheckpoint | undefined): Checkpoint => stored as Checkpoint;

describe('a rewritten history, with every hash, anchor and seal made anew', () => {
  it('is valid in itself, and found by whoever holds an older checkpoint', async () => {
    const world = await World.open(newSqlitePlace);
    await world.seal();
    const publisher = world.publisher();
    const { checkpoint } = await publisher.publish();
    // The operator starts again from nothing, with the same key and other entries.
    const other = await World.open(newSqlitePlace);
    for (let i = 0; i < 3; i++) await other.seal(4);
    const again = other.publisher({ signers: [world.signer] });
    const { checkpoint: forged } = await again.publish();
    expect((await verified(other.place.location)).status).toBe('valid');
    const log = openPublishedLog(other.folder);
    const report = await verifyCheckpoint(noteOf(forged), {
      policy: world.policy,
      last: asCheckpoint(checkpoint),
      consistency: log.consistency,
    });
    expect([report.status, report.relation]).toEqual(['broken', 'forked']);
    expect(codes(await verified(other.place.location, asCheckpoint(checkpoint)))).toEqual([
      'checkpoint_mismatch',
    ]);
    await world.expectSound(checkpoint);
  });
});

describe('a state that was set back', () => {
  it('is found by the store’s publisher, by the checkpoint, and by the remembered state', async () => {
    const world = await World.open(newSqlitePlace);
    await world.seal();
    const publisher = world.publisher();
    await publisher.publish();
    const older = await fork(world, 'older');
    const { checkpoint: old } = await publisher.publish();
    await world.seal();
    const { checkpoint } = await publisher.publish();
    expect(await codeOf(world.publisher({ store: older.store }).publish())).toBe('checkpoint_refused');
    expect((await verified(older.location)).status).toBe('valid');
    expect(codes(await verified(older.location, asCheckpoint(checkpoint)))).toEqual(['checkpoint_missing']);
    const report = await verifyCheckpoint(noteOf(old), {
      policy: world.policy,
      last: asCheckpoint(checkpoint),
      consistency: openPublishedLog(world.folder).consistency,
    });
    expect([report.status, report.relation]).toEqual(['broken', 'rolled_back']);
    const forward = await verifyCheckpoint(noteOf(checkpoint), {
      policy: world.policy,
      last: asCheckpoint(old),
      consistency: openPublishedLog(world.folder).consistency,
    });
    expect([forward.status, forward.relation]).toEqual(['valid', 'extended']);
    // Without the tiles nobody can tell.
    const blind = await verifyCheckpoint(noteOf(checkpoint), {
      policy: world.policy,
      last: asCheckpoint(old),
    });
    expect([blind.status, blind.relation]).toEqual(['unverifiable', 'unproved']);
    await world.expectSound(checkpoint);
  });
});

describe('two histories for two auditors', () => {
  it('cannot be noticed by either alone, is noticed when they compare, and cannot be witnessed', async () => {
    const world = await World.open(newSqlitePlace);
    const { sink, policy, refused: told } = await newWitness(world);
    await world.seal();
    const other = await fork(world, 'other');
    await world.seal(2);
    await world.seal(3, 'acme', other.store);
    await world.seal(1, 'acme', other.store);
    const left = world.publisher({ sinks: [sink] });
    const right = world.publisher({
      store: other.store,
      folder: join(world.place.folder, 'right'),
      sinks: [sink],
    });
    const { checkpoint: a } = await left.publish();
    const { checkpoint: b } = await right.publish();
    for (const one of [a, b]) {
      const report = await verifyCheckpoint(noteOf(one), { policy: world.policy });
      expect([report.status, report.notChecked.map(({ code }) => code)]).toEqual(['valid', ['witnesses']]);
    }
    const rightLog = openPublishedLog(join(world.place.folder, 'right'));
    const compared = await verifyCheckpoint(noteOf(b), {
      policy: world.policy,
      last: asCheckpoint(a),
      consistency: rightLog.consistency,
    });
    expect([compared.status, compared.relation]).toEqual(['broken', 'forked']);
    // The witness signs one of them only, whoever comes first.
    await left.deliver('w1');
    expect(told).toEqual([]);
    for (let i = 0; i < 2; i++) expect(await codeOf(right.deliver('w1'))).toBe('checkpoint_refused');
    // Its own people hear of it, once.
    const named = (checkpoint: StoredCheckpoint | undefined) => {
      const { origin, size, root } = asCheckpoint(checkpoint);
      return { origin, size, root };
    };
    expect(told).toMatchObject([{ checkpoint: named(b), cosigned: named(a) }]);
    const witnessed = await verifyCheckpoint(noteOf(await left.newest()), { policy });
    expect([witnessed.status, witnessed.checkpoint?.witnessedBy.map(({ name }) => name)]).toEqual([
      'valid',
      ['witness.example/w1'],
    ]);
    const refused = await verifyCheckpoint(noteOf(await right.newest()), { policy });
    expect([refused.status, refused.summary]).toEqual(['broken', expect.stringContaining('fewer witnesses')]);
    await world.expectSound(a);
  });
});

describe('a second history', () => {
  it('is told to whoever runs a witness, also after somebody made it refuse very many checkpoints', async () => {
    const world = await World.open(newSqlitePlace);
    const signer = await newSigner(world.place.folder, 'witness.example/w1', 'witness');
    const told: number[] = [];
    const witness = new Witness({
      signer,
      logs: [world.signer.key],
      state: join(world.place.folder, 'w1.db'),
      init: true,
      onRefused: ({ checkpoint }) => told.push(checkpoint.size),
    });
    onTestFinished(() => witness.close());
    // The log signed all of them, and anybody may send them, with a proof that is none.
    const send = async (size: number): Promise<number> => {
      const checkpoint = await signCheckpoint({ origin: ORIGIN, size, root: 'a'.repeat(64) }, [world.signer]);
      const body = encodeAddCheckpoint({ old: 0, proof: ['b'.repeat(64)], checkpoint });
      return (await witness.addCheckpoint(body)).status;
    };
    const many = 102;
    for (let size = 1; size <= many; size++) expect(await send(size)).toBe(422);
    expect(told).toHaveLength(many);
    for (const size of [many - 1, many]) await send(size);
    expect(told).toHaveLength(many);
  });
});

describe('a tenant that was dropped', () => {
  it('is found by the newest seal; with that seal taken back as well, by the checkpoint', async () => {
    const world = await World.open(newSqlitePlace);
    await world.seal(3, 'acme');
    await world.seal(3, 'beta');
    const { checkpoint } = await world.publisher().publish();
    const hand = await world.hand();
    for (const table of ['tenants', 'heads', 'anchors', 'entries'] as const)
      await hand.remove(table, { tenant: 'beta' });
    expect(codes(await verified(world.place.location))).toEqual(['sealed_tenant_missing']);
    // Back to the seal before there was such a tenant.
    const rows = await hand.rows('entries', SEALS_TENANT);
    const kept = rows.at(-3) as Record<string, unknown>;
    for (const row of rows.slice(-2))
      await hand.remove('entries', { tenant: SEALS_TENANT, seq: Number(row['seq']) });
    await hand.set(
      'heads',
      { tenant: SEALS_TENANT },
      { seq: kept['seq'], hash: kept['hash'], time: kept['time'] },
    );
    const after = await verified(world.place.location);
    expect([after.status, codes(after)]).toEqual(['valid', []]);
    expect(codes(await verified(world.place.location, asCheckpoint(checkpoint)))).toEqual([
      'checkpoint_missing',
    ]);
  });
});

describe('a newest anchor that is hidden', () => {
  it('shows as a proof under an older checkpoint than the one that is trusted', async () => {
    const world = await World.open(newSqlitePlace);
    const publisher = world.publisher();
    await world.seal();
    await publisher.publish();
    const log = world.log();
    const proof = await log.complete(await proveHistory(world.store, 'acme', { type: 'contact', id: 'c-1' }));
    await world.seal();
    const { checkpoint } = await publisher.publish();
    const report = await vouchFor(
      verifyProof(JSON.stringify(proof), { policy: world.policy }),
      proof.checkpoint,
      {
        policy: world.policy,
        last: asCheckpoint(checkpoint),
        consistency: openPublishedLog(world.folder).consistency,
      },
    );
    expect([report.status, report.relation]).toEqual(['valid', 'rolled_back']);
    expect(report.notChecked.map(({ code }) => code)).toContain('newer_entries');
    await world.expectSound(checkpoint);
  });
});

describe('a checkpoint that is dated back', () => {
  it('cannot have a witness who saw it then', async () => {
    const world = await World.open(newSqlitePlace);
    const { sink, policy } = await newWitness(world);
    await world.seal();
    // Everything is made anew with times of years ago; the seal's entry is what the proof shows.
    const hand = await raw(world.place);
    await rehash(hand, SEALS_TENANT, 0, { time: '2020-01-01T00:00:00.000Z' }, {});
    await rehash(hand, SEALS_TENANT, 1, { time: '2020-01-01T00:00:00.000Z' }, { head: true });
    const publisher = world.publisher({ sinks: [sink] });
    await publisher.publish();
    await publisher.deliver('w1');
    const proof = await world.log().complete(await proveEntry(world.store, 'acme', 1));
    const report = verifyProof(JSON.stringify(proof), { policy });
    expect(report.seal?.time).toBe('2020-01-01T00:00:00.000Z');
    expect(report.notChecked.map(({ code }) => code)).toContain('since_when');
    expect(report.checkpoint?.witnessedBy[0]?.time.slice(0, 4)).not.toBe('2020');
  });
});
