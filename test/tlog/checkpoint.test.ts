import { encodeNote, openCheckpoint, readNote, readVkey, signCheckpoint, signerOf } from '@sealtrail/tlog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { known } from './vectors.ts';

const { note, text, both } = known.checkpoint;
const log = readVkey(known.log.vkey);
const next = readVkey(known.next.vkey);

describe('a note', () => {
  it('is taken apart and put together again without a change', () => {
    for (const one of [known.note.note, note, both, known.checkpoint.cosigned]) {
      expect(encodeNote(readNote(one))).toBe(one);
    }
  });

  it('may hold empty lines: the last one ends the text', () => {
    const twice = known.note.note.replace('This is', 'This\n\nis');
    expect(readNote(twice).text).toBe('This\n\nis an example message.\n');
  });

  const line = note.slice(note.indexOf('—'));
  it.each([
    ['nothing', ''],
    ['no signature', `${text}\n`],
    ['no empty line', `${text}${line}`],
    ['no line end', note.slice(0, -1)],
    ['a carriage return', note.replaceAll('\n', '\r\n')],
    ['a tab', note.replace('600', '\t600')],
    ['a null', note.replace('600', '600\0')],
    ['half a surrogate pair', note.replace('600', '600\ud800')],
    ['a hyphen', note.replace('—', '-')],
    ['two spaces', note.replace('— ', '—  ')],
    ['a signature that is not base64', note.replace(line, '— a !!!!\n')],
    ['a signature with bits that mean nothing', note.replace(line, '— a AAAAAAB=\n')],
    ['a signature of a key id alone', note.replace(line, '— a AAAAAA==\n')],
    ['a name with a plus', note.replace('— sealtrail', '— seal+trail')],
    ['a name with another space', note.replace('— sealtrail', '— seal\u2003trail')],
    ['something after the signatures', `${note}x\n`],
    ['a thousand signatures', note + line.repeat(1_000)],
    ['two megabytes', `${'x'.repeat(2_000_000)}\n\n${line}`],
  ])('is refused with %s', async (_, bad) => {
    expect(await codeOf(() => readNote(bad))).toBe('note_malformed');
  });
});

describe('a checkpoint', () => {
  it('is the one of the known answers, and signed the same', async () => {
    const opened = openCheckpoint(note, [log]);
    expect(opened).toMatchObject({ origin: known.log.name, size: known.leaves, signedBy: [log] });
    const signers = [signerOf(known.log.private), signerOf(known.next.private)];
    expect(await signCheckpoint(opened, signers.slice(0, 1))).toBe(note);
    expect(await signCheckpoint(opened, signers)).toBe(both);
  });

  it('opens with any key that is trusted, and says which have signed', () => {
    expect(openCheckpoint(both, [next]).signedBy).toEqual([next]);
    expect(openCheckpoint(both, [log, next]).signedBy).toEqual([log, next]);
    expect(openCheckpoint(known.checkpoint.cosigned, [log]).signedBy).toEqual([log]);
  });

  it('does not open without a signature of a trusted key', async () => {
    const witness = readVkey(known.witnesses[0]?.vkey as string);
    const elsewhere = { ...log, name: 'elsewhere.example' };
    for (const keys of [[], [next], [witness], [elsewhere]]) {
      expect(await codeOf(() => openCheckpoint(note, keys))).toBe('note_unverified');
    }
  });

  it('does not open when anything in it was changed', () => {
    fc.assert(
      fc.property(fc.nat({ max: note.length - 1 }), fc.integer({ min: 1, max: 127 }), (at, by) => {
        const other = String.fromCharCode((note.charCodeAt(at) + by) % 128);
        const changed = note.slice(0, at) + other + note.slice(at + 1);
        if (changed === note) return;
        expect(() => openCheckpoint(changed, [log])).toThrow(
          expect.objectContaining({
            code: expect.stringMatching(/^(note_malformed|note_unverified|checkpoint_malformed)$/),
          }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('does not open when one of two signatures of known keys is wrong', async () => {
    const [, second] = both.split('\n— ').slice(1) as [string, string];
    const forged = both.replace(second.slice(-20), note.slice(-20));
    expect(await codeOf(() => openCheckpoint(forged, [log, next]))).toBe('note_unverified');
  });

  const signature = note.slice(text.length);
  it.each([
    ['an origin with a space', text.replace('sealtrail', 'seal trail')],
    ['no origin', text.replace(known.log.name, '')],
    ['a size with a leading zero', text.replace('600', '0600')],
    ['a negative size', text.replace('600', '-600')],
    ['a size beyond 2^53', text.replace('600', '9007199254740993')],
    ['a size in hex', text.replace('600', '0x258')],
    ['a short root', text.replace(/\n[^\n]+=\n$/, '\nAAAA\n')],
    ['no root', text.split('\n').slice(0, 2).join('\n').concat('\n')],
    ['an extension line', `${text}more\n`],
  ])('is refused with %s', async (_, bad) => {
    expect(await codeOf(() => openCheckpoint(bad + signature, [log]))).toBe('checkpoint_malformed');
  });
});
