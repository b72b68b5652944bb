import {
  anchorHash,
  encodeAnchor,
  entryHash,
  type HistoryProof,
  historyProofSchema,
  isSealtrailError,
  packHashes,
  readAnchor,
  readEntry,
  SEALS_TENANT,
  type Target,
  unpackHashes,
  verifyEntryProof,
  verifyHistoryProof,
  ZERO_HASH,
} from '@sealtrail/format';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLog, type StoredLog, timeAt } from '../support/memory-log.ts';
import { SealedLogs } from '../support/sealed-log.ts';

const record = fc.record({
  type: fc.constantFrom('deal', 'contact'),
  id: fc.constantFrom('a', 'b', 'c', 'never'),
});

/** A log with random targets and segments, beside others that are under the same seal. */
const world = fc
  .record({
    targets: fc.array(fc.uniqueArray(record, { maxLength: 3, selector: ({ type, id }) => `${type} ${id}` }), {
      minLength: 3,
      maxLength: 40,
    }),
    cuts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 }),
    others: fc.nat(6),
  })
  .map(({ targets, cuts, others }) => {
    const segments: number[] = [];
    let covered = 0;
    for (const cut of cuts) {
      if (covered + cut > targets.length) break;
      segments.push(cut);
      covered += cut;
    }
    if (segments.length === 0) segments.push(1);
    const log = buildLog({ entries: targets.length, segments, targets: (seq) => targets[seq] as Target[] });
    const rest = Array.from({ length: others }, (_, i) =>
      buildLog({ tenant: `t-${i}`, entries: 4, segments: i % 2 === 0 ? [3] : [] }),
    );
    return { log, sealed: new SealedLogs([log, ...rest]) };
  });

const coveredBy = (log: StoredLog) => Number(log.anchors.at(-1)?.['to_seq']) + 1;

/** What is said to a proof. Under another seal it is another statement, for whoever vouches for seals to know. */
function refusal(proof: unknown, seal?: string): string {
  try {
    const parsed = historyProofSchema.safeParse(proof);
    if (!parsed.success) return 'schema';
    const proved = verifyHistoryProof(parsed.data);
    return seal !== undefined && proved.seal.hash !== entryHash(seal) ? 'another seal' : 'accepted';
  } catch (error) {
    if (isSealtrailError(error)) return error.code;
    throw error;
  }
}

describe('the proof of one entry', () => {
  it('holds for every anchored entry, and for no other', () => {
    fc.assert(
      fc.property(world, fc.nat(), ({ log, sealed }, n) => {
        const seq = n % coveredBy(log);
        const proof = sealed.entryProof(log, seq);
        expect(verifyEntryProof(proof)).toMatchObject({
          entry: { seq },
          hash: log.entries[seq]?.['hash'],
          seal: { number: 1 },
        });
        const other = log.entries[(seq + 1) % log.entries.length]?.['entry'] as string;
        expect(() => verifyEntryProof({ ...proof, entry: other })).toThrow(
          expect.objectContaining({ code: 'proof_invalid' }),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('the history of one record', () => {
  it('is proved complete: exactly the entries that touch it, up to the last anchor under the seal', () => {
    fc.assert(
      fc.property(world, record, ({ log, sealed }, one) => {
        const proved = verifyHistoryProof(sealed.historyProof(log, one));
        const expected = log.entries
          .slice(0, coveredBy(log))
          .map((row) => readEntry(row['entry'] as string))
          .filter(({ targets }) => targets.some(({ type, id }) => type === one.type && id === one.id));
        expect(proved.entries.map(({ entry }) => entry)).toEqual(expected);
        expect(proved.covered).toBe(coveredBy(log));
      }),
      { numRuns: 100 },
    );
  });

  it('is refused when an entry is left out, added, repeated or moved', () => {
    fc.assert(
      fc.property(world, record, fc.nat(), ({ log, sealed }, one, n) => {
        const proof = sealed.historyProof(log, one);
        const { entries } = proof;
        const stranger = log.entries[n % log.entries.length]?.['entry'] as string;
        const changed: HistoryProof[] = [{ ...proof, entries: [...entries, stranger] }];
        if (entries.length > 0) {
          const at = n % entries.length;
          changed.push({ ...proof, entries: entries.filter((_, i) => i !== at) });
          changed.push({
            ...proof,
            entries: [...entries.slice(0, at), entries[at] as string, ...entries.slice(at)],
          });
        }
        if (entries.length > 1) changed.push({ ...proof, entries: [...entries].reverse() });
        for (const one of changed) expect(refusal(one)).toBe('proof_invalid');
      }),
      { numRuns: 100 },
    );
  });

  it('is refused for another record, tenant, segment, run of anchors, directory or seal', () => {
    fc.assert(
      fc.property(world, ({ log, sealed }) => {
        const one = { type: 'deal', id: 'a' };
        const proof = sealed.historyProof(log, one);
        const { segments, sealed: anchors } = proof;
        const changed: unknown[] = [
          { ...proof, tenant: 't-0' },
          { ...proof, segments: segments.slice(1) },
          { ...proof, segments: [...segments, segments[0]] },
          {
            ...proof,
            sealed: { ...anchors, anchors: anchors.anchors.slice(0, -1) },
            segments: segments.slice(0, -1),
          },
          { ...proof, sealed: { ...anchors, start: { ...anchors.start, number: 1 } } },
          { ...proof, sealed: { ...anchors, seal: log.entries[0]?.['entry'] } },
          {
            ...proof,
            sealed: { ...anchors, directory: { ...anchors.directory, index: anchors.directory.index + 1 } },
          },
          {
            ...proof,
            sealed: new SealedLogs([log, buildLog({ tenant: 'more' })]).historyProof(log, one).sealed,
            more: 1,
          },
        ];
        for (const change of changed) expect(refusal(change)).not.toBe('accepted');
        if (proof.entries.length > 0)
          expect(refusal({ ...proof, record: { type: 'deal', id: 'b' } })).toBe('proof_invalid');
      }),
      { numRuns: 60 },
    );
  });

  it('is refused with a hash more behind the leaves that it shows', () => {
    const log = buildLog({ entries: 4, segments: [4], targets: () => [{ type: 'deal', id: 'a' }] });
    const proof = new SealedLogs([log]).historyProof(log, { type: 'deal', id: 'never' });
    expect(refusal(proof)).toBe('accepted');
    const segments = proof.segments.map((one) => ({
      ...one,
      leaves: packHashes([...unpackHashes(one.leaves), 'ab'.repeat(32)]),
    }));
    expect(refusal({ ...proof, segments })).toBe('proof_malformed');
  });

  it('is refused, with a code, whatever single character of it is changed', () => {
    fc.assert(
      fc.property(
        world,
        record,
        fc.nat(),
        fc.constantFrom('0', 'A', '"', '9', '}', 'z'),
        ({ log, sealed }, one, n, char) => {
          const text = JSON.stringify(sealed.historyProof(log, one));
          const at = n % text.length;
          if (text[at] === char) return;
          let changed: unknown;
          try {
            changed = JSON.parse(text.slice(0, at) + char + text.slice(at + 1));
          } catch {
            return;
          }
          // Which form a leaf's place is written in is the only freedom that JSON leaves: 1 and 1.0 are the same proof.
          if (JSON.stringify(changed) === text) return;
          // About a record that is nowhere either, it is another proof, and as good.
          if (JSON.stringify((changed as HistoryProof).record) !== JSON.stringify(one)) return;
          expect([
            'schema',
            'another seal',
            'proof_invalid',
            'proof_malformed',
            'entry_malformed',
            'not_canonical',
            'anchor_malformed',
            'seal_malformed',
            'entry_version',
          ]).toContain(refusal(changed, sealed.seal));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is refused where its anchors go back in time, and about the log of seals itself', () => {
    const one = { type: 'deal', id: 'a' };
    const backwards = (seq: number) => timeAt(seq < 4 ? seq + 3_600 : seq);
    const log = buildLog({ entries: 8, segments: [4, 4], time: backwards });
    expect(refusal(new SealedLogs([log]).historyProof(log, one))).toBe('proof_invalid');
    const seals = buildLog({ tenant: SEALS_TENANT, entries: 8, segments: [4, 4] });
    expect(refusal(new SealedLogs([seals]).historyProof(seals, one))).toBe('proof_invalid');
  });

  it('cannot leave out a beginning by calling a later anchor the first', () => {
    const one = { type: 'deal', id: 'a' };
    const log = buildLog({ entries: 8, segments: [4, 4], targets: () => [one] });
    expect(refusal(new SealedLogs([log]).historyProof(log, one))).toBe('accepted');
    const row = log.anchors[1] as StoredLog['anchors'][number];
    for (const prev of [ZERO_HASH, 'ab'.repeat(32)]) {
      const anchor = encodeAnchor({ ...readAnchor(String(row['anchor'])), number: 0, prev });
      const cut = { ...log, anchors: [{ ...row, number: 0, anchor, hash: anchorHash(anchor) }] };
      const proof = new SealedLogs([cut]).historyProof(cut, one);
      const entries = proof.entries.filter((text) => readEntry(text).seq >= 4);
      expect(refusal({ ...proof, entries })).toBe('proof_malformed');
    }
  });

  it('cannot hide a record by showing leaves that are no neighbours', () => {
    const targets = (seq: number) => [{ type: 'deal', id: `d-${seq}` }];
    const log = buildLog({ entries: 12, segments: [12], targets });
    const sealed = new SealedLogs([log]);
    const victim = { type: 'deal', id: 'd-5' };
    const honest = sealed.historyProof(log, victim);
    for (let i = 0; i < 12; i++) {
      const other = sealed.historyProof(log, { type: 'deal', id: `nobody-${i}` });
      expect(refusal({ ...honest, entries: [], segments: other.segments })).toBe('proof_invalid');
    }
    const [segment] = honest.segments;
    for (let at = 0; at < 12; at++) {
      expect(refusal({ ...honest, entries: [], segments: [{ ...segment, at }] })).toBe('proof_invalid');
    }
  });
});

describe('hashes in base64', () => {
  it('have one text each, and read back', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 })), (list) => {
        const hashes = list.map((bytes) => Buffer.from(bytes).toString('hex'));
        const text = packHashes(hashes);
        expect(text).toBe(Buffer.from(hashes.join(''), 'hex').toString('base64'));
        expect(unpackHashes(text)).toEqual(hashes);
      }),
    );
  });

  it.each([
    'A',
    'AA==',
    `${'A'.repeat(42)}B=`,
    `${'A'.repeat(43)}`,
    '*',
    `${'A'.repeat(43)}=\n`,
    ` ${'A'.repeat(43)}=`,
  ])('are refused as %j', (text) => {
    expect(() => unpackHashes(text)).toThrow(expect.objectContaining({ code: 'proof_malformed' }));
  });
});
