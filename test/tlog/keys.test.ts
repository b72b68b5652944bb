import { encodeVkey, newKey, noteKey, readVkey, signerOf } from '@sealtrail/tlog';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { known } from './vectors.ts';

const all = [known.log, known.next, ...known.witnesses];

describe('a key', () => {
  it.each(all)('of $name $id has the text forms of the known answers', async (key) => {
    const role = known.witnesses.includes(key) ? 'witness' : 'log';
    const read = readVkey(key.vkey);
    expect(read).toMatchObject({ name: key.name, id: key.id, role });
    expect(Buffer.from(read.publicKey).toString('hex')).toBe(key.public);
    expect(encodeVkey(read)).toBe(key.vkey);
    expect(signerOf(key.private).key).toEqual(read);
    expect(newKey(key.name, role, Buffer.from(key.seed, 'hex'))).toEqual({
      key: read,
      privateKey: key.private,
    });
  });

  it('signs as RFC 8032 says', async () => {
    const [text, line] = known.checkpoint.note.split('\n\n') as [string, string];
    const signature = await signerOf(known.log.private).sign(Buffer.from(`${text}\n`));
    const encoded = line.trim().split(' ').at(-1) as string;
    expect(Buffer.from(encoded, 'base64').subarray(4)).toEqual(Buffer.from(signature));
  });

  const vkey = known.log.vkey;
  const { name, id } = known.log;
  it.each([
    ['nothing', ''],
    ['two parts', `${name}+${id}`],
    ['another id', vkey.replace(id, '00000000')],
    ['an id in upper case', known.next.vkey.replace(known.next.id, known.next.id.toUpperCase())],
    ['another name', vkey.replace(name, `${name}x`)],
    ['a name with a space', vkey.replace(name, 'a b')],
    ['no name', vkey.replace(name, '')],
    ['no padding', known.witnesses[0]?.vkey.slice(0, -2) as string],
    ['more bytes', `${vkey}AAAA`],
    [
      'a type that is not Ed25519',
      `${name}+${id}+${Buffer.from([2, ...Buffer.alloc(32)]).toString('base64')}`,
    ],
    ['a megabyte', `${name}+${id}+${'A'.repeat(1_000_000)}`],
    ['a private key', known.log.private],
    ['a line end', `${vkey}\n`],
  ])('is refused as a verifier key with %s', async (_, text) => {
    expect(await codeOf(() => readVkey(text))).toBe('key_invalid');
  });

  it('is asked for where a private key was given, of which nothing is said', () => {
    const message = 'this is a private key, which nobody needs to verify: give the public one';
    expect(() => readVkey(known.log.private)).toThrow(
      expect.objectContaining({ code: 'key_invalid', message }),
    );
  });

  it.each([
    ['nothing', ''],
    ['a verifier key', known.log.vkey],
    ['another id', known.log.private.replace(known.log.id, '00000000')],
    ['a short seed', `PRIVATE+KEY+${known.log.name}+${known.log.id}+AQID`],
  ])('is refused as a private key with %s, in words that do not repeat it', (_, text) => {
    try {
      signerOf(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'key_invalid' });
      const secret = text.split('+').at(-1) as string;
      if (secret !== '') expect(String(error)).not.toContain(secret);
    }
  });

  it.each(['', 'a b', 'a+b', 'a\u00a0b', 'a\u0085b', 'a\nb', 'a\ud800'])(
    'cannot be named %j',
    async (bad) => {
      expect(await codeOf(() => noteKey(bad, 'log', new Uint8Array(32)))).toBe('key_invalid');
    },
  );
});
