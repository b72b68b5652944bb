import { EMPTY_ROOT } from '@sealtrail/format';
import {
  acceptCheckpoint,
  cosign,
  encodeSignatureLine,
  readPolicy,
  readVkey,
  signCheckpoint,
  signerOf,
} from '@sealtrail/tlog';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { known } from './vectors.ts';

const { note, text, cosigned } = known.checkpoint;
const [w1, w2] = known.witnesses as [(typeof known.witnesses)[0], (typeof known.witnesses)[0]];
const keys = `log ${known.log.vkey} https://log.example/\nwitness one ${w1.vkey}\nwitness two ${w2.vkey} https://w2.example\n`;
const policy = (rest: string) => readPolicy(keys + rest);

describe('a policy', () => {
  it('names logs, witnesses and a quorum, with comments and spaces', () => {
    const read = readPolicy(`# who\n\n  ${keys}\t group both \t all one two \n quorum both `);
    expect(read.logs).toEqual([{ key: readVkey(known.log.vkey), url: 'https://log.example/' }]);
    expect(read.witnesses.map(({ name, url }) => [name, url])).toEqual([
      ['one', undefined],
      ['two', 'https://w2.example'],
    ]);
    const [one, two] = [w1, w2].map(({ vkey }) => ({ need: 1, members: [readVkey(vkey)] }));
    expect(read.quorum).toEqual({ need: 2, members: [one, two] });
  });

  it.each([
    ['none', 'quorum none\n'],
    ['one witness', 'quorum two\n'],
    ['any', 'group g any one two\nquorum g\n'],
    ['all', 'group g all one two\nquorum g\n'],
    ['two of two', 'group g 2 one two\nquorum g\n'],
    ['groups of groups', 'group a any one\ngroup b 1 two\ngroup g all a b\nquorum g'],
  ])('with the quorum %s accepts a checkpoint that both cosigned', (_, rest) => {
    const accepted = acceptCheckpoint(cosigned, policy(rest));
    expect(accepted.cosignatures.map(({ key, time }) => [key.name, time])).toEqual([
      [w1.name, known.times[0]],
      [w2.name, known.times[1]],
    ]);
  });

  it('refuses a checkpoint that too few cosigned', async () => {
    const one = note + encodeSignatureLine(await cosign(text, signerOf(w1.private), 1_760_000_000));
    expect(cosigned.startsWith(one)).toBe(true);
    for (const rest of ['quorum one\n', 'group g any one two\nquorum g\n', 'quorum none\n']) {
      expect(acceptCheckpoint(one, policy(rest)).cosignatures).toHaveLength(1);
    }
    for (const rest of ['quorum two\n', 'group g all one two\nquorum g\n']) {
      expect(await codeOf(() => acceptCheckpoint(one, policy(rest)))).toBe('policy_unmet');
    }
    expect(await codeOf(() => acceptCheckpoint(note, policy('quorum one\n')))).toBe('policy_unmet');
  });

  it('refuses a checkpoint with a cosignature that is wrong, also beyond the quorum', async () => {
    const { name, id, bytes } = await cosign(text, signerOf(w1.private), 1_760_000_000);
    const later = Uint8Array.from(bytes);
    later[7] = (later[7] as number) ^ 1;
    for (const wrong of [later, bytes.slice(1), bytes.slice(0, 8), Uint8Array.of(...bytes, 0)]) {
      const forged = note + encodeSignatureLine({ name, id, bytes: wrong });
      for (const rest of ['quorum one\n', 'quorum none\n']) {
        expect(await codeOf(() => acceptCheckpoint(forged, policy(rest)))).toBe('note_unverified');
      }
    }
  });

  it('takes a time up to the end of the year 9999, and no later one, for that of a witness', async () => {
    const last = Date.UTC(10_000, 0) / 1_000 - 1;
    for (const time of [0, last])
      expect(acceptCheckpoint(await cosignedAt(time), policy('quorum one\n')).cosignatures[0]?.time).toBe(
        time,
      );
    for (const time of [last + 1, 8.64e12 + 1, Number.MAX_SAFE_INTEGER]) {
      const late = await cosignedAt(time);
      expect(await codeOf(() => acceptCheckpoint(late, policy('quorum one\n')))).toBe('note_unverified');
    }
    async function cosignedAt(time: number): Promise<string> {
      return note + encodeSignatureLine(await cosign(text, signerOf(w1.private), time));
    }
  });

  it('refuses a checkpoint over no leaves with a root over some', async () => {
    const of = (root: string) =>
      signCheckpoint({ origin: known.log.name, size: 0, root }, [signerOf(known.log.private)]);
    expect(acceptCheckpoint(await of(EMPTY_ROOT), policy('quorum none\n')).size).toBe(0);
    const other = await of(EMPTY_ROOT.replace('e', 'd'));
    expect(await codeOf(() => acceptCheckpoint(other, policy('quorum none\n')))).toBe('checkpoint_malformed');
  });

  it('does not take a cosignature of one checkpoint for another', async () => {
    const other = await cosign(text.replace('600', '601'), signerOf(w1.private), 1_760_000_000);
    expect(
      await codeOf(() => acceptCheckpoint(note + encodeSignatureLine(other), policy('quorum one\n'))),
    ).toBe('note_unverified');
  });

  it.each([
    ['no quorum', keys],
    ['two quorums', `${keys}quorum one\nquorum two\n`],
    ['an unknown word', `${keys}logs x\nquorum none\n`],
    ['a name that is not defined', `${keys}quorum three\n`],
    ['a group before its members', `group g all one\n${keys}quorum g\n`],
    ['a name twice', `${keys}group one any two\nquorum one\n`],
    ['the name none', `${keys}group none any two\nquorum none\n`],
    ['a member none', `${keys}group g any none\nquorum g\n`],
    ['a member twice', `${keys}group g 2 one one\nquorum g\n`],
    ['a member of two groups', `${keys}group a any one\ngroup b any one\nquorum a\n`],
    ['no member', `${keys}group g all\nquorum g\n`],
    ['more than there are', `${keys}group g 3 one two\nquorum g\n`],
    ['none of them', `${keys}group g 0 one two\nquorum g\n`],
    ['a number with a zero', `${keys}group g 01 one two\nquorum g\n`],
    ['a log with a witness key', `log ${w1.vkey}\nquorum none\n`],
    ['a witness with a log key', `witness a ${known.log.vkey}\nquorum none\n`],
    ['the same witness twice', `${keys}witness three ${w1.vkey}\nquorum none\n`],
    ['the same log twice', `${keys}log ${known.log.vkey}\nquorum none\n`],
    ['a word too many', `${keys}quorum one two\n`],
    ['a carriage return', `${keys}quorum one\r\n`],
    ['a line of a megabyte', `${keys}# ${'x'.repeat(1_000_000)}\nquorum one\n`],
    ['a million lines', `${'\n'.repeat(1_000_000)}quorum none`],
  ])('is refused with %s', async (_, bad) => {
    expect(await codeOf(() => readPolicy(bad))).toBe('policy_malformed');
  });

  it('says what an editor did to it, and does not show all of a file that is none', () => {
    const why = (bad: string): string => {
      try {
        readPolicy(bad);
      } catch (error) {
        return String(error);
      }
      return 'taken';
    };
    expect(why(`${keys}quorum one\r\n`)).toContain('carriage return');
    expect(why(`\ufeff# whom to believe\n${keys}quorum one\n`)).toContain('byte order mark');
    expect(why(`{"proof":"${'x'.repeat(4_000)}"}`).length).toBeLessThan(200);
  });

  it('says in which line it is wrong', () => {
    expect(() => readPolicy('# one\nlog x y z\n')).toThrow(expect.objectContaining({ detail: { line: 2 } }));
  });
});
