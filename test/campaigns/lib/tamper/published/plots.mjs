// @ts-check
import { canonicalize, entryHash, leafHash, merkleRoot } from '@sealtrail/format';
import {
  encodeEntryBundle,
  encodeHashTile,
  newKey,
  newTiles,
  signCheckpoint,
  signerOf,
  tilePath,
} from '@sealtrail/tlog';
import { pick } from '../singles.mjs';

// What the operator does with its key, and what somebody does who makes everything agree but the signature.

const WIDTH = 256;
const MADE_ANEW = 'a published log made anew and signed';

/**
 * @typedef {object} Plot
 * @property {string} how
 * @property {ReadonlyMap<string, Uint8Array | string>} files
 * @property {import('./files.mjs').Where} [where]
 * @property {'checkpoint'} [needs] what alone shows it, to somebody who asks for no witness
 */

/** @typedef {import('./operator.mjs').Shown} Shown */

/** @type {Readonly<Record<string, (shown: Shown, random: () => number) => Promise<Plot>>>} */
export const PLOTS = {
  'an older checkpoint shown as the newest': async ({ notes }, random) => ({
    how: '',
    files: new Map([['checkpoint', pick(notes.slice(0, -1), random)]]),
    needs: 'checkpoint',
  }),
  [MADE_ANEW]: async (shown, random) => {
    const leaves = relinked(shown.leaves, drawn(shown, random));
    return { how: '', files: await signed(shown, leaves), needs: 'checkpoint' };
  },
  'a leaf, all tiles and the checkpoint made anew': async (shown, random) => {
    const at = drawn(shown, random);
    // Nothing is linked to the last one: then it is the same as everything after it made anew.
    if (at === shown.leaves.length - 1)
      return { how: MADE_ANEW, files: await signed(shown, edited(shown.leaves, at)), needs: 'checkpoint' };
    const files = await signed(shown, edited(shown.leaves, at));
    return { how: '', files, where: { path: null, positions: neighbours(shown, at) } };
  },
  'a leaf and all tiles, under the checkpoint that is there': async (shown, random) => {
    const at = drawn(shown, random);
    const positions = at === shown.leaves.length - 1 ? [null] : neighbours(shown, at);
    return { how: '', files: tiles(edited(shown.leaves, at)), where: { path: null, positions } };
  },
  'more leaves signed than are published': async (shown, random) => {
    const size = shown.leaves.length + 1 + Math.floor(random() * 400);
    const index = Math.floor(shown.leaves.length / WIDTH);
    const width = Math.min(WIDTH, size - index * WIDTH);
    const files = new Map([['checkpoint', await noteOf(shown, size, leafHash('any'))]]);
    return {
      how: '',
      files,
      where: { path: tilePath({ level: 'entries', index, width }), positions: [index * WIDTH] },
    };
  },
  'another root signed': async (shown) => ({
    how: '',
    files: new Map([['checkpoint', await noteOf(shown, shown.leaves.length, leafHash('any'))]]),
    where: { path: null, positions: [null] },
  }),
  'signed with another key of the same name': async (shown, random) => {
    const seed = Uint8Array.from({ length: 32 }, () => Math.floor(random() * 256));
    const signer = signerOf(newKey(shown.signer.key.name, 'log', seed).privateKey);
    const files = new Map([
      [
        'checkpoint',
        await noteOf({ ...shown, signer }, shown.leaves.length, merkleRoot(shown.leaves.map(leafHash))),
      ],
    ]);
    return { how: '', files };
  },
};

/** Any but the genesis. @type {(shown: Shown, random: () => number) => number} */
export function drawn({ leaves }, random) {
  return 1 + Math.floor(random() * (leaves.length - 1));
}

/** The leaf after the next one decides which of two is at fault (SPEC 9.1); where there is none, either may be. @type {(shown: Shown, at: number) => number[]} */
function neighbours({ leaves }, at) {
  return at + 2 < leaves.length ? [at] : [at, at + 1];
}

/** @type {(leaves: readonly string[], at: number) => string[]} */
function edited(leaves, at) {
  return leaves.with(at, canonicalize({ ...JSON.parse(String(leaves[at])), type: 'other.type' }));
}

/** The same, and every link after it. @type {(leaves: readonly string[], at: number) => string[]} */
export function relinked(leaves, at) {
  const done = edited(leaves, at);
  for (let i = at + 1; i < done.length; i++)
    done[i] = canonicalize({ ...JSON.parse(String(done[i])), prev: entryHash(String(done[i - 1])) });
  return done;
}

/** @type {(leaves: readonly string[]) => Map<string, Uint8Array | string>} */
function tiles(leaves) {
  const levels = [leaves.map(leafHash)];
  for (;;) {
    const below = /** @type {string[]} */ (levels.at(-1));
    if (below.length < WIDTH) break;
    const full = Math.floor(below.length / WIDTH);
    levels.push(Array.from({ length: full }, (_, i) => merkleRoot(below.slice(i * WIDTH, (i + 1) * WIDTH))));
  }
  /** @type {Map<string, Uint8Array | string>} */
  const files = new Map();
  for (const tile of newTiles(0, leaves.length)) {
    const [from, to] = [tile.index * WIDTH, tile.index * WIDTH + tile.width];
    const bytes =
      tile.level === 'entries'
        ? encodeEntryBundle(leaves.slice(from, to))
        : encodeHashTile(/** @type {string[]} */ (levels[tile.level]).slice(from, to));
    files.set(tilePath(tile), bytes);
  }
  return files;
}

/** @type {(shown: Shown, leaves: readonly string[]) => Promise<Map<string, Uint8Array | string>>} */
export async function signed(shown, leaves) {
  const note = await noteOf(shown, leaves.length, merkleRoot(leaves.map(leafHash)));
  return tiles(leaves).set('checkpoint', note);
}

/** @type {(shown: Shown, size: number, root: string) => Promise<string>} */
function noteOf({ signer }, size, root) {
  return signCheckpoint({ origin: signer.key.name, size, root }, [signer]);
}
