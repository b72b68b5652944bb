import { consistencyProof, EMPTY_ROOT, leafHash, merkleRoot, verifyInclusion } from '@sealtrail/format';
import {
  type Checkpoint,
  encodeAddCheckpoint,
  encodeTlogProof,
  judgeAddCheckpoint,
  openCheckpoint,
  readAddCheckpoint,
  readTlogProof,
  readVkey,
  signCheckpoint,
  signerOf,
} from '@sealtrail/tlog';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { known, leafTexts } from './vectors.ts';

const origin = known.log.name;
const log = readVkey(known.log.vkey);
const signer = signerOf(known.log.private);
const hashes = leafTexts.map(leafHash);
const of = (size: number): Checkpoint => ({ origin, size, root: merkleRoot(hashes.slice(0, size)) });
const signed = (size: number, root = of(size).root) => signCheckpoint({ origin, size, root }, [signer]);
const proofTo = (old: number, size: number) => consistencyProof(hashes.slice(0, size), old);
const answer = (body: string, last?: number, keys = [log]) =>
  judgeAddCheckpoint(body, keys, () => (last === undefined ? undefined : of(last)));

describe('a witness', () => {
  it('reads and writes the request of the known answers', () => {
    const { old, body } = known.request;
    const request = readAddCheckpoint(body);
    expect(request).toEqual({ old, proof: proofTo(old, known.leaves), checkpoint: known.checkpoint.note });
    expect(encodeAddCheckpoint(request)).toBe(body);
    expect(answer(body, old)).toMatchObject({ status: 200, cosign: { size: known.leaves } });
  });

  it('takes any first checkpoint, and every one that extends the last', async () => {
    expect(answer(encodeAddCheckpoint({ old: 0, proof: [], checkpoint: await signed(7) }))).toMatchObject({
      status: 200,
    });
    expect(
      answer(encodeAddCheckpoint({ old: 0, proof: [], checkpoint: await signed(0, EMPTY_ROOT) })),
    ).toMatchObject({
      status: 200,
    });
    const same = encodeAddCheckpoint({ old: 7, proof: [], checkpoint: await signed(7) });
    expect(answer(same, 7)).toMatchObject({ status: 200 });
    const grown = encodeAddCheckpoint({ old: 7, proof: proofTo(7, 20), checkpoint: await signed(20) });
    expect(answer(grown, 7)).toMatchObject({ status: 200 });
  });

  it('answers 409 and the size it has when asked from another', async () => {
    const body = encodeAddCheckpoint({ old: 7, proof: proofTo(7, 20), checkpoint: await signed(20) });
    expect(answer(body, 9)).toEqual({ status: 409, size: 9 });
    expect(answer(body, 0)).toEqual({ status: 409, size: 0 });
    expect(answer(body)).toEqual({ status: 409, size: 0 });
    // A log that was set back: the witness has more than the log.
    const back = encodeAddCheckpoint({ old: 7, proof: proofTo(7, 8), checkpoint: await signed(8) });
    expect(answer(back, 9)).toEqual({ status: 409, size: 9 });
  });

  it('answers 422 to what does not extend the last', async () => {
    const fork = merkleRoot(hashes.slice(1, 21));
    const bodies = [
      { old: 7, proof: proofTo(7, 20), checkpoint: await signed(20, fork) },
      { old: 7, proof: proofTo(7, 20).slice(1), checkpoint: await signed(20) },
      { old: 7, proof: [...proofTo(7, 20), EMPTY_ROOT], checkpoint: await signed(20) },
      { old: 7, proof: [], checkpoint: await signed(20) },
      { old: 7, proof: [], checkpoint: await signed(7, fork) },
      { old: 7, proof: [EMPTY_ROOT], checkpoint: await signed(7) },
    ];
    for (const body of bodies) expect(answer(encodeAddCheckpoint(body), 7)).toMatchObject({ status: 422 });
    const first = { old: 0, proof: [EMPTY_ROOT], checkpoint: await signed(7) };
    expect(answer(encodeAddCheckpoint(first))).toMatchObject({ status: 422 });
    const empty = { old: 0, proof: [], checkpoint: await signed(0, fork) };
    expect(answer(encodeAddCheckpoint(empty))).toMatchObject({ status: 422 });
  });

  it('answers 404 for a log it does not follow, 403 without a good signature of one it does', async () => {
    const body = encodeAddCheckpoint({ old: 0, proof: [], checkpoint: await signed(7) });
    expect(answer(body, undefined, [])).toMatchObject({ status: 404 });
    expect(answer(body, undefined, [readVkey(known.next.vkey)])).toMatchObject({ status: 403 });
    const wrong = body.replace('\n7\n', '\n8\n');
    expect(answer(wrong)).toMatchObject({ status: 403 });
  });

  it('answers 400 to an old size beyond the checkpoint', async () => {
    const body = encodeAddCheckpoint({ old: 8, proof: [], checkpoint: await signed(7) });
    expect(answer(body, 8)).toMatchObject({ status: 400 });
  });

  const { body } = known.request;
  it.each([
    ['nothing', ''],
    ['no old size', body.slice(body.indexOf('\n') + 1)],
    ['an old size with a zero', body.replace('old 256', 'old 0256')],
    ['a negative old size', body.replace('old 256', 'old -1')],
    ['no checkpoint', body.slice(0, body.indexOf('\n\n') + 2)],
    ['a hash cut off', body.replace(/=\n/, '\n')],
    ['an empty line in the proof', body.replace('\n', '\n\n')],
    ['64 lines of proof', body.replace('\n', `\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}`)],
    ['a checkpoint that is none', body.replace('\n600\n', '\nmany\n')],
    ['a carriage return', body.replaceAll('\n', '\r\n')],
  ])('answers 400 to a body with %s', (_, bad) => {
    expect(answer(bad, 256)).toMatchObject({ status: 400 });
  });
});

describe('a tlog-proof', () => {
  it('is the one of the known answers, and proves', () => {
    const proof = readTlogProof(known.proof.text);
    expect(encodeTlogProof(proof)).toBe(known.proof.text);
    const { size, root } = openCheckpoint(proof.checkpoint, [log]);
    const { index } = known.proof;
    expect(proof.index).toBe(index);
    expect(verifyInclusion(index, size, hashes[index] as string, proof.proof, root)).toBe(true);
    expect(verifyInclusion(index, size, hashes[index + 1] as string, proof.proof, root)).toBe(false);
  });

  it('may carry extra data', () => {
    const proof = { ...readTlogProof(known.proof.text), extra: Uint8Array.of(1, 2, 3) };
    expect(encodeTlogProof(proof)).toContain('\nextra AQID\nindex 300\n');
    expect(readTlogProof(encodeTlogProof(proof))).toEqual(proof);
  });

  const { text } = known.proof;
  it.each([
    ['nothing', ''],
    ['another version', text.replace('@v1', '@v2')],
    ['no index', text.replace(/index 300\n/, '')],
    ['an index with a zero', text.replace('index 300', 'index 0300')],
    ['extra data after the index', text.replace('index 300\n', 'index 300\nextra AQID\n')],
    ['extra data that is not base64', text.replace('index', 'extra !\nindex')],
    ['a hash cut off', text.replace(/=\n/, '\n')],
    ['64 hashes', text.replace('300\n', `300\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}`)],
    ['no checkpoint', text.slice(0, text.indexOf('\n\n') + 1)],
    ['two megabytes', text + 'x'.repeat(2_000_000)],
    ['a carriage return', text.replaceAll('\n', '\r\n')],
  ])('is refused with %s', async (_, bad) => {
    expect(await codeOf(() => readTlogProof(bad))).toBe('proof_malformed');
  });
});
