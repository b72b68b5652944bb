// @ts-check
import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Hypercore from 'hypercore';
import { EDITED, named } from './peer.mjs';

const OWNER = 'owner';

/** @type {import('./peer.mjs').Peer} */
export const hypercore = {
  id: 'hypercore',
  short: 'hypercore',
  name: named('hypercore'),
  forms: [
    { name: 'default: RocksDB, not waiting for the disk', durable: false },
    { name: 'its write-ahead log fsynced by its user', durable: true },
  ],
  what: 'Blocks of bytes under a signed Merkle tree in RocksDB, made to be followed by others over a network. `core.core.audit()` compares stored blocks with the stored tree.',
  unchecked:
    'the signature over the tree; user data beside the blocks; whether blocks that were truncated by the owner of the key were ever there (a tree hash noted elsewhere tells). A block that is read is not compared with the tree.',
  ahead: {
    append: 'it does not wait for the disk: what it acknowledged can be gone after a power cut',
    verify: 'it hashes bytes and knows nothing of what is in them',
  },
  append: (folder, drafts, { durable }) =>
    open(folder, async (core) => {
      await core.setUserData(OWNER, Buffer.from('acme'));
      const wal = durable ? openSync(newestLog(folder), 'r+') : undefined;
      for (const draft of drafts) {
        await core.append(Buffer.from(JSON.stringify(draft)));
        if (wal !== undefined) fsyncSync(wal);
      }
      if (wal !== undefined) closeSync(wal);
      return { length: core.length, hash: (await core.treeHash()).toString('hex') };
    }),
  verify: (folder) => open(folder, intact),
  verifyNoted: (folder, noted) =>
    open(
      folder,
      async (core) =>
        (await intact(core)) &&
        // It waits for ever for a tree that is longer than its own.
        core.length >= noted.length &&
        (await core.treeHash(noted.length)).toString('hex') === noted.hash,
    ),
  count: (folder) => open(folder, async (core) => core.length),
  changes: {
    edit: (folder) => stored(folder, async (tx, core) => tx.putBlock(5, edited(await core.get(5)))),
    delete: (folder) => stored(folder, async (tx) => tx.deleteBlock(5)),
    reorder: (folder) =>
      stored(folder, async (tx, core) => {
        const [one, other] = [await core.get(5), await core.get(6)];
        tx.putBlock(5, other);
        tx.putBlock(6, one);
      }),
    insert: (folder) =>
      stored(folder, async (tx, core) => {
        for (let i = core.length; i > 6; i--) tx.putBlock(i, await core.get(i - 1));
        tx.putBlock(6, await core.get(5));
      }),
    junk: (folder) =>
      stored(folder, async (tx, core) =>
        tx.putBlock(core.length + 5, Buffer.from('approved by somebody else')),
      ),
    metadata: (folder) => stored(folder, async (tx) => tx.putUserData(OWNER, Buffer.from('else'))),
    truncate: (folder) =>
      stored(folder, async (tx, core) => tx.deleteBlockRange(core.length - 3, core.length)),
    truncateAll: (folder) => open(folder, (core) => core.truncate(core.length - 3)),
    empty: (folder) => stored(folder, async (tx, core) => tx.deleteBlockRange(0, core.length)),
    rewrite: (folder) =>
      open(folder, async (core) => {
        const blocks = [];
        for (let i = 0; i < core.length; i++) blocks.push(edited(await core.get(i)));
        await core.truncate(0);
        for (const block of blocks) await core.append(block);
      }),
  },
};

/** @param {any} core */
async function intact(core) {
  // Without dryRun it throws away what does not fit, and with it the evidence.
  const found = await core.core.audit({ dryRun: true });
  const { corrupt, droppedTreeNodes, droppedBlocks, droppedBits } = found ?? { corrupt: true };
  return !corrupt && droppedTreeNodes + droppedBlocks + droppedBits === 0;
}

/** @param {Buffer} block */
function edited(block) {
  return Buffer.from(block.toString().replace(...EDITED));
}

/** Changes what is stored below the tree. @param {string} folder @param {(tx: any, core: any) => Promise<void>} how */
function stored(folder, how) {
  return open(folder, async (core) => {
    const tx = core.core.state.storage.write();
    await how(tx, core);
    await tx.flush();
  });
}

/** @param {string} folder */
function newestLog(folder) {
  const names = readdirSync(join(folder, 'db')).filter((name) => name.endsWith('.log'));
  return join(folder, 'db', names.sort().at(-1) ?? '');
}

/**
 * @template T
 * @param {string} folder
 * @param {(core: any) => Promise<T>} work
 */
async function open(folder, work) {
  const core = new Hypercore(folder);
  await core.ready();
  try {
    return await work(core);
  } finally {
    await core.close();
  }
}
