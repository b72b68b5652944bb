// @ts-check
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Hypercore from 'hypercore';

// Blocks of bytes under a signed Merkle tree, in files; made to be followed by others. What it has for a check of what is stored is
// audit(); a block that somebody reads is not compared with the tree.

/** @type {import('./run.mjs').Peer} */
export const hypercore = {
  name: 'hypercore 10.38.2',
  form: 'blocks in files; it does not wait for the disk',
  processes: 'no: the files are locked by one',
  append: (folder, entries) =>
    open(folder, async (core) => {
      for (const entry of entries) await core.append(Buffer.from(JSON.stringify(entry)));
    }),
  verify: (folder) =>
    open(folder, async (core) => {
      // What does not fit the tree is dropped by it, to be asked for again from somebody who has it.
      const { tree, blocks } = await core.core.audit();
      return tree === 0 && blocks === 0;
    }),
  tamper: {
    'a field changed': async (folder) => bytes(folder, (data) => replaced(data, '"agent-', '"AGENT-')),
    'a row deleted': async (folder) =>
      bytes(folder, (data) => Buffer.concat([data.subarray(0, 500), data.subarray(700)])),
    'rows exchanged': async (folder) =>
      bytes(folder, (data) =>
        Buffer.concat([
          data.subarray(0, 200),
          data.subarray(400, 600),
          data.subarray(200, 400),
          data.subarray(600),
        ]),
      ),
    'the end cut off': async (folder) =>
      truncateSync(join(folder, 'data'), readFileSync(join(folder, 'data')).length - 600),
    'a field added': undefined,
    'all hashed anew': async (folder) => {
      // Whoever owns the files owns the key beside them.
      const entries = await open(folder, async (core) => {
        const all = [];
        for (let i = 0; i < core.length; i++) all.push(JSON.parse(String(await core.get(i))));
        return all;
      });
      await open(folder, async (core) => {
        await core.truncate(0);
        for (const entry of entries)
          await core.append(Buffer.from(JSON.stringify({ ...entry, action: 'another' })));
      });
    },
  },
};

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

/**
 * @param {string} folder
 * @param {(data: Buffer) => Buffer} change
 */
async function bytes(folder, change) {
  const path = join(folder, 'data');
  writeFileSync(path, change(readFileSync(path)));
}

/** @type {(data: Buffer, what: string, by: string) => Buffer} */
function replaced(data, what, by) {
  const at = data.indexOf(what);
  const changed = Buffer.from(data);
  changed.write(by, at);
  return changed;
}
