// @ts-check
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { SEALS_TENANT } from '@sealtrail/format';
import { LogFolder, Publisher, Witness } from '@sealtrail/publisher';
import { Log, openStore, sealTenants } from '@sealtrail/store';
import {
  encodeAddCheckpoint,
  encodeTlogProof,
  encodeVkey,
  newKey,
  readSignatureLines,
  signerOf,
} from '@sealtrail/tlog';
import { seeded } from '../../random.mjs';

const ORIGIN = 'tamper.example/log';
const WITNESSES = ['w1', 'w2'];

/**
 * What is published, as whoever changes it finds it.
 *
 * @typedef {object} Shown
 * @property {ReadonlyMap<string, Buffer>} files by their path below the log's prefix
 * @property {readonly string[]} notes the checkpoints that were signed, cosigned by all, oldest first
 * @property {readonly string[]} leaves texts of the leaves under the newest
 * @property {string} policy of somebody who believes the log and asks for all witnesses
 * @property {string} key of the log alone: a policy without witnesses
 * @property {string} proof a tlog-proof of one leaf
 * @property {number} proved which leaf it is of
 * @property {import('@sealtrail/tlog').Signer} signer
 * @property {{ readonly signer: import('@sealtrail/tlog').Signer, readonly memory: string }} witness one of the two, and where it remembers
 */

/** An operator who publishes the log of seals, with two witnesses; the keys are decided by the seed. */
export class Operator {
  #random;
  #log;
  #witnesses;
  #folder;
  #publisherFolder;
  /** @type {string[]} */
  #notes = [];

  /** @param {string} folder @param {number} seed */
  constructor(folder, seed) {
    this.#random = seeded(seed ^ 0x9e3779b9);
    this.#folder = folder;
    this.#publisherFolder = join(folder, 'log');
    this.#log = this.#signer(ORIGIN, 'log');
    this.#witnesses = WITNESSES.map((name) => ({
      name,
      signer: this.#signer(`witness.example/${name}`, 'witness'),
    }));
  }

  get policy() {
    const lines = this.#witnesses.map(
      ({ name, signer }) => `witness ${name} ${encodeVkey(signer.key)} https://${name}.example/`,
    );
    const log = `log ${encodeVkey(this.#log.key)} https://log.example/`;
    return [
      '# whom to believe',
      log,
      ...lines,
      `group both all ${WITNESSES.join(' ')}`,
      'quorum both',
      '',
    ].join('\n');
  }

  /** Signs and publishes what is sealed, and has it cosigned. @param {import('@sealtrail/store').Store} store */
  async publish(store) {
    const witnesses = this.#witnesses.map(({ name, signer }) => {
      const state = join(this.#folder, `${name}.db`);
      const init = !existsSync(state);
      return { name, witness: new Witness({ signer, logs: [this.#log.key], state, init }) };
    });
    const sinks = witnesses.map(({ name, witness }) => sinkOf(name, witness));
    const publisher = new Publisher({ store, folder: this.#publisherFolder, signers: [this.#log], sinks });
    try {
      await publisher.publish();
      for (const { name } of sinks) await publisher.deliver(name);
      this.#notes.push(String((await publisher.newest())?.note));
    } finally {
      publisher.close();
      for (const { witness } of witnesses) witness.close();
    }
  }

  /**
   * A proof that goes on to the newest checkpoint.
   *
   * @template {import('@sealtrail/format').EntryProof | import('@sealtrail/format').HistoryProof} P
   * @param {P} proof
   */
  async complete(proof) {
    const folder = new LogFolder(this.#publisherFolder);
    try {
      return await folder.complete(proof);
    } finally {
      folder.close();
    }
  }

  /** Names so many keys more, so that the log grows. @param {import('@sealtrail/store').Store} store @param {number} count */
  async grow(store, count) {
    const log = new Log(store);
    try {
      const keys = Array.from({ length: count }, () => this.#signer(ORIGIN, 'log').key);
      const drafts = keys.map((key) => ({
        id: `key_added:${key.id}`,
        type: 'log.key_added',
        actor: { type: /** @type {const} */ ('system'), id: 'sealtrail' },
        data: { vkey: encodeVkey(key) },
      }));
      await log.appendAll(SEALS_TENANT, drafts);
    } finally {
      await log.close();
    }
  }

  /** @param {import('@sealtrail/store').Store} store @returns {Promise<Shown>} */
  async shown(store) {
    const root = join(this.#publisherFolder, 'public');
    /** @type {Map<string, Buffer>} */
    const files = new Map();
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) files.set(relative(root, path), await readFile(path));
    }
    const folder = new LogFolder(this.#publisherFolder);
    try {
      const { size = 0 } = (await folder.newest()) ?? {};
      const rows = await store.readFrom(SEALS_TENANT, 0, size);
      const proved = Math.floor(this.#random() * size);
      return {
        files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
        notes: this.#notes,
        leaves: rows.map(({ entry }) => entry),
        policy: this.policy,
        key: `log ${encodeVkey(this.#log.key)}\nquorum none\n`,
        proof: encodeTlogProof(await folder.proveLeaf(proved)),
        proved,
        signer: this.#log,
        witness: {
          signer: /** @type {{ signer: import('@sealtrail/tlog').Signer }} */ (this.#witnesses[0]).signer,
          memory: join(this.#folder, `${WITNESSES[0]}.db`),
        },
      };
    } finally {
      folder.close();
    }
  }

  /** @param {string} name @param {'log' | 'witness'} role */
  #signer(name, role) {
    const seed = Uint8Array.from({ length: 32 }, () => Math.floor(this.#random() * 256));
    return signerOf(newKey(name, role, seed).privateKey);
  }
}

/** A log of its own that is long enough for full tiles and a second level. @param {string} folder @param {number} seed */
export async function longLog(folder, seed) {
  const random = seeded(seed ^ 0x51ed270b);
  const operator = new Operator(folder, seed + 1);
  await mkdir(folder, { recursive: true });
  const store = await openStore(join(folder, 'seals.db'));
  try {
    await sealTenants(store);
    // The first time names the keys.
    await operator.publish(store);
    for (const least of [100, 140, 1]) {
      await operator.grow(store, least + Math.floor(random() * 150));
      await operator.publish(store);
    }
    return await operator.shown(store);
  } finally {
    await store.close();
  }
}

/** A witness that is asked without a network in between. @returns {import('@sealtrail/publisher').Sink} */
function sinkOf(/** @type {string} */ name, /** @type {Witness} */ witness) {
  return {
    name,
    newestOnly: true,
    deliver: async ({ note, previous, checkpoint, consistency }) => {
      const proof = previous === 0 ? [] : await consistency(previous);
      const body = encodeAddCheckpoint({ old: Math.min(previous, checkpoint.size), proof, checkpoint: note });
      const answer = await witness.addCheckpoint(body);
      if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}: ${answer.body}`);
      return { signatures: readSignatureLines(answer.body) };
    },
  };
}
