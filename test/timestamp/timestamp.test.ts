import { SEALS_TENANT, type SealCheckpoint } from '@sealtrail/format';
import { rfc3161Sink } from '@sealtrail/publisher';
import { proveEntry, proveHistory } from '@sealtrail/store';
import { makeRequest, readResponse, verifyToken } from '@sealtrail/timestamp';
import { encodeCheckpoint } from '@sealtrail/tlog';
import { verifyProof, vouchFor } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { World } from '../publisher/world.ts';
import { codeOf } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';
import { raw } from '../support/raw.ts';
import { rehash } from '../support/rehash.ts';
import { hasOpenssl, Tsa } from './tsa.ts';

const TEXT = encodeCheckpoint({ origin: 'audit.example/log', size: 7, root: 'ab'.repeat(32) });

async function stamp(tsa: Tsa, text = TEXT): Promise<Uint8Array> {
  const { der, nonce } = makeRequest(text);
  return readResponse(tsa.reply(der), text, nonce, tsa.root);
}

describe.skipIf(!hasOpenssl)('a time-stamp of an authority made with OpenSSL', () => {
  it.each(['rsa', 'ec'] as const)('is verified offline with its root (%s)', async (algorithm) => {
    const tsa = new Tsa({ algorithm });
    const before = Date.now() - 2_000;
    const token = await stamp(tsa);
    const { time, authority, policy, serial } = await verifyToken(token, TEXT, tsa.root);
    expect(Date.parse(time)).toBeGreaterThan(before);
    expect(Date.parse(time)).toBeLessThan(Date.now() + 2_000);
    expect([authority, policy]).toEqual([expect.stringContaining('CN=Test TSA'), '1.2.3.4.1']);
    expect(serial).toMatch(/^[0-9a-f]+$/);
    // Roots of others beside it do no harm.
    expect(await verifyToken(token, TEXT, new Tsa().root + tsa.root)).toMatchObject({ time });
  });

  it('is refused for another text, under another root, or with anything changed', async () => {
    const tsa = new Tsa();
    const token = await stamp(tsa);
    expect(await codeOf(verifyToken(token, TEXT.replace('\n7\n', '\n8\n'), tsa.root))).toBe(
      'timestamp_invalid',
    );
    expect(await codeOf(verifyToken(token, TEXT, new Tsa().root))).toBe('timestamp_invalid');
    // One byte in each part of the token: structure, statement, certificate, signature.
    for (let at = 5; at < token.length; at += 37) {
      const changed = Uint8Array.from(token);
      changed[at] = (changed[at] as number) ^ 0x01;
      const code = await codeOf(verifyToken(changed, TEXT, tsa.root)).catch((error: unknown) =>
        String(error),
      );
      expect(code === 'done' ? await verifyToken(changed, TEXT, tsa.root) : code).toSatisfy(
        (outcome: unknown) =>
          outcome === 'timestamp_invalid' ||
          outcome === 'timestamp_malformed' ||
          // What no signature covers may change: the certificate of the root that came along.
          (typeof outcome === 'object' && outcome !== null),
      );
    }
    for (const cut of [0, 1, 10, token.length - 1]) {
      expect(await codeOf(verifyToken(token.slice(0, cut), TEXT, tsa.root))).toBe('timestamp_malformed');
    }
    expect(await codeOf(verifyToken(new Uint8Array(1_000_000), TEXT, tsa.root))).toBe('timestamp_malformed');
    expect(await codeOf(verifyToken(token, TEXT, 'no certificate'))).toBe('config_invalid');
  });

  it('is refused from a certificate that is not for time-stamping alone', async () => {
    const authorities = [
      ['critical,timeStamping', 'done'],
      ['timeStamping', 'timestamp_invalid'],
      ['critical,timeStamping,serverAuth', 'timestamp_invalid'],
      ['critical,serverAuth', 'timestamp_invalid'],
    ].map(([usage = '', code]) => ({ usage, code, tsa: new Tsa({ usage }) }));
    // After all of their certificates began.
    const token = await stamp(new Tsa());
    for (const { usage, code, tsa } of authorities) {
      expect([usage, await codeOf(verifyToken(tsa.signedAnew(token), TEXT, tsa.root))]).toEqual([
        usage,
        code,
      ]);
    }
  });

  it('is refused from one whose authorities may not have authorized each other, as by OpenSSL', async () => {
    for (const above of [
      ['critical,CA:TRUE', 'critical,CA:TRUE,pathlen:0'],
      ['critical,CA:TRUE', 'critical,CA:TRUE,pathlen:0', 'critical,CA:TRUE'],
      ['critical,CA:TRUE,pathlen:1', 'critical,CA:TRUE', 'critical,CA:TRUE'],
      ['critical,CA:TRUE,pathlen:2', 'critical,CA:TRUE,pathlen:1', 'critical,CA:TRUE'],
    ]) {
      const tsa = new Tsa({ algorithm: 'ec', above });
      const { der, nonce } = makeRequest(TEXT);
      const token = await readResponse(tsa.reply(der), TEXT, nonce, undefined);
      const code = await codeOf(verifyToken(token, TEXT, tsa.root));
      expect([above, code]).toEqual([above, tsa.isTaken ? 'done' : 'timestamp_invalid']);
    }
  });

  it('answers the request that was made, not an older one', async () => {
    const tsa = new Tsa();
    const first = makeRequest(TEXT);
    const second = makeRequest(TEXT);
    const reply = tsa.reply(first.der);
    expect(await codeOf(readResponse(reply, TEXT, second.nonce, undefined))).toBe('timestamp_invalid');
    expect(await codeOf(readResponse(reply, `${TEXT}x`, first.nonce, undefined))).toBe('timestamp_invalid');
    expect(await codeOf(readResponse(new Uint8Array(20), TEXT, first.nonce, undefined))).toBe(
      'timestamp_malformed',
    );
    // "rejection" is an answer, too.
    const rejection = Uint8Array.of(0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02);
    expect(await codeOf(readResponse(rejection, TEXT, first.nonce, undefined))).toBe('timestamp_invalid');
  });

  it('comes to a checkpoint as a sink, and is verified with the proof', async () => {
    const world = await World.open(newSqlitePlace);
    const tsa = new Tsa();
    const sink = rfc3161Sink({ name: 'tsa', url: await tsa.serve(), certificates: tsa.root });
    const publisher = world.publisher({ sinks: [sink] });
    await world.seal();
    await publisher.publish();
    expect(await publisher.deliver('tsa')).toMatchObject({ taken: 1 });
    const proof = await world
      .log()
      .complete(await proveHistory(world.store, 'acme', { type: 'contact', id: 'c-1' }));
    expect(proof.checkpoint?.timestamps).toHaveLength(1);
    const first = verifyProof(JSON.stringify(proof), { policy: world.policy });
    expect(first.notChecked.map(({ code }) => code)).toContain('timestamps');
    const report = await vouchFor(first, proof.checkpoint, { policy: world.policy, certificates: tsa.root });
    expect(report.checkpoint?.timestamps).toMatchObject([{ authority: expect.stringContaining('Test TSA') }]);
    expect(report.notChecked.map(({ code }) => code)).not.toContain('timestamps');
    const changed = Buffer.from(proof.checkpoint?.timestamps[0] as string, 'base64');
    changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
    const broken = await vouchFor(
      first,
      { ...(proof.checkpoint as SealCheckpoint), timestamps: [changed.toString('base64')] },
      { policy: world.policy, certificates: tsa.root },
    );
    expect([broken.status, broken.summary]).toEqual(['broken', expect.stringContaining('time-stamp')]);
    expect([broken.entries, broken.covered, broken.seal, broken.checkpoint]).toEqual([[], null, null, null]);
    await world.expectSound((await publisher.newest()) as { size: number; root: string });
  });

  it('of an authority that is not believed says nothing, for or against a proof', async () => {
    const world = await World.open(newSqlitePlace);
    await world.seal();
    await world.publisher().publish();
    const { policy } = world;
    const proof = await world.log().complete(await proveEntry(world.store, 'acme', 1));
    const given = proof.checkpoint as SealCheckpoint;
    const text = given.note.slice(0, given.note.indexOf('\n\n') + 1);
    const first = verifyProof(JSON.stringify(proof), { policy });
    const [own, other] = [new Tsa({ algorithm: 'ec' }), new Tsa({ algorithm: 'ec' })];
    const [one, two] = [await stamp(own, text), await stamp(other, text)].map((token) =>
      Buffer.from(token).toString('base64'),
    ) as [string, string];
    const said = async (timestamps: string[], certificates: string) => {
      const report = await vouchFor(first, { ...given, timestamps }, { policy, certificates });
      const notes = report.notChecked.filter(({ code }) => code === 'timestamps');
      return [report.status, report.checkpoint?.timestamps.length, notes.map(({ message }) => message)];
    };
    expect(await said([one, two], own.root + other.root)).toEqual(['valid', 2, []]);
    const [which] = [[expect.stringMatching(/^one time-stamp in the proof: its authority is not among/)]];
    expect(await said([one, two], own.root)).toEqual(['valid', 1, which]);
    expect(await said([two, one], own.root)).toEqual(['valid', 1, which]);
    expect(await said([two], own.root)).toEqual(['valid', 0, which]);
    // Over something else it is a fault, whoever made it.
    const elsewhere = Buffer.from(await stamp(other, `${text}x`)).toString('base64');
    expect(await said([one, elsewhere], own.root)).toEqual(['broken', undefined, []]);
    await world.expectSound();
  });

  it('is missed in a proof by whoever gives certificates', async () => {
    const world = await World.open(newSqlitePlace);
    await world.seal();
    await world.publisher().publish();
    const proof = await world.log().complete(await proveEntry(world.store, 'acme', 1));
    const first = verifyProof(JSON.stringify(proof), { policy: world.policy });
    expect(first.notChecked.map(({ code }) => code)).not.toContain('timestamps');
    const { root } = new Tsa();
    const report = await vouchFor(first, proof.checkpoint, { policy: world.policy, certificates: root });
    expect(report.status).toBe('valid');
    expect(report.notChecked.map(({ code }) => code)).toContain('timestamps');
    await world.expectSound();
  });

  it('of today shows that a seal was dated back', async () => {
    const world = await World.open(newSqlitePlace);
    const tsa = new Tsa();
    await world.seal();
    const hand = await raw(world.place);
    await rehash(hand, SEALS_TENANT, 0, { time: '2020-01-01T00:00:00.000Z' }, {});
    await rehash(hand, SEALS_TENANT, 1, { time: '2020-01-01T00:00:00.000Z' }, { head: true });
    const sink = rfc3161Sink({ name: 'tsa', url: await tsa.serve(), certificates: tsa.root });
    const publisher = world.publisher({ sinks: [sink] });
    await publisher.publish();
    await publisher.deliver('tsa');
    const proof = await world.log().complete(await proveEntry(world.store, 'acme', 1));
    const first = verifyProof(JSON.stringify(proof), { policy: world.policy });
    expect(first.notChecked.map(({ code }) => code)).not.toContain('since_when');
    const report = await vouchFor(first, proof.checkpoint, { policy: world.policy, certificates: tsa.root });
    expect([report.status, report.seal?.time]).toEqual(['valid', '2020-01-01T00:00:00.000Z']);
    expect(report.notChecked.map(({ code }) => code)).toContain('since_when');
  });

  it('is asked for again when the authority answers nonsense', async () => {
    const world = await World.open(newSqlitePlace);
    const tsa = new Tsa();
    const url = await tsa.serve((reply) => reply.slice(0, -20));
    const publisher = world.publisher({ sinks: [rfc3161Sink({ name: 'tsa', url, certificates: tsa.root })] });
    await world.seal();
    await publisher.publish();
    expect(await codeOf(publisher.deliver('tsa'))).toBe('sink_failed');
    expect(await publisher.sinks()).toMatchObject([{ outstanding: 1, failure: { attempts: 1 } }]);
  });
});
