// @ts-check
import { readFileSync } from 'node:fs';
import { makeRequest, readResponse, verifyToken } from '@sealtrail/timestamp';

// Answers and tokens of a time-stamping authority, changed as what they are: lengths and tags within each other.

/** An answer that OpenSSL gave. @type {{ text: string, nonce: string, root: string, response: string[] }} */
const MADE = JSON.parse(readFileSync(new URL('timestamp.json', import.meta.url), 'utf8'));
const NONCE = Buffer.from(MADE.nonce, 'hex');
const TAGS = [0x00, 0x01, 0x02, 0x05, 0x06, 0x17, 0x18, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa0, 0xff];
const latin1 = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString('latin1');
const bytes = (/** @type {string} */ text) => new Uint8Array(Buffer.from(text, 'latin1'));

/** @returns {Promise<Readonly<Record<string, import('./targets.mjs').Target>>>} */
export async function timestampTargets() {
  const response = new Uint8Array(Buffer.from(MADE.response.join(''), 'base64'));
  const token = await readResponse(response, MADE.text, NONCE, MADE.root);
  const known = JSON.stringify(await verifyToken(token, MADE.text, MADE.root));
  /** Nobody but the authority makes another time-stamp. @param {Uint8Array} der */
  const verify = async (der) => {
    if (JSON.stringify(await verifyToken(der, MADE.text, MADE.root)) !== known)
      throw new Error('a time-stamp says what its authority never signed');
  };
  return {
    'time-stamp': {
      seeds: [latin1(token)],
      run: (text) => verify(bytes(text)),
      change: mutateDer,
      share: 0.05,
    },
    'time-stamp answer': {
      seeds: [latin1(response), latin1(makeRequest(MADE.text).der)],
      run: async (text) => verify(await readResponse(bytes(text), MADE.text, NONCE, undefined)),
      change: mutateDer,
      share: 0.05,
    },
  };
}

/** @type {typeof import('./mutate.mjs').mutate} */
function mutateDer(text, _others, random) {
  let der = Buffer.from(text, 'latin1');
  for (let i = Math.floor(random() * random() * 4); i >= 0; i--) {
    const at = Math.floor(random() * der.length);
    const some = Math.floor(random() ** 2 * 60);
    const [before, after] = [der.subarray(0, at), der.subarray(at)];
    const chance = random();
    if (chance < 0.35) der = Buffer.concat([before, Buffer.of(pick(TAGS, random)), after.subarray(1)]);
    else if (chance < 0.6)
      der = Buffer.concat([
        before,
        Buffer.of((after[0] ?? 0) ^ (1 << Math.floor(random() * 8))),
        after.subarray(1),
      ]);
    else if (chance < 0.7) der = before;
    else if (chance < 0.8) der = Buffer.concat([before, after.subarray(some)]);
    else if (chance < 0.9) der = Buffer.concat([before, after.subarray(0, some), after]);
    else
      der = Buffer.concat([
        before,
        der.subarray(Math.floor(random() * der.length)).subarray(0, 8),
        after.subarray(8),
      ]);
  }
  return latin1(der);
}

/** @param {readonly number[]} list @param {() => number} random */
function pick(list, random) {
  return /** @type {number} */ (list[Math.floor(random() * list.length)]);
}
