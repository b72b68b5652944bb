// @ts-check
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSealtrailError, leafHash, verifyInclusion } from '@sealtrail/format';
import { acceptCheckpoint, readCheckpointText, readNote, readPolicy, readTlogProof } from '@sealtrail/tlog';
import { openPublishedLog, verifyPublished } from '@sealtrail/verifier';

const VERIFY = fileURLToPath(new URL('../../../../../packages/verifier/dist/cli/main.js', import.meta.url));
const EXIT_CODES = { valid: 0, broken: 1 };

/**
 * What is said about a published log.
 *
 * @typedef {object} Said
 * @property {string} status or the code of a refusal
 * @property {string | null} [relation] to what was remembered
 * @property {import('@sealtrail/verifier').PublishedFault | null} [fault]
 * @property {string} [summary]
 */

/** A folder in which a published log lies, to be changed and put right again. */
export class Stage {
  #folder;
  #files;
  /** @type {Set<string>} */
  #touched = new Set();

  /** @param {string} folder @param {import('./operator.mjs').Shown} shown */
  constructor(folder, { files }) {
    this.#folder = folder;
    this.#files = files;
  }

  async begin() {
    for (const [path, bytes] of this.#files) await this.#write(path, bytes);
  }

  /** @param {Iterable<readonly [string, Uint8Array | string | undefined]>} changes */
  async put(changes) {
    for (const [path, bytes] of changes) {
      this.#touched.add(path);
      if (bytes === undefined) await rm(join(this.#folder, path));
      else await this.#write(path, bytes);
    }
  }

  async restore() {
    for (const path of this.#touched) {
      const bytes = this.#files.get(path);
      if (bytes === undefined) await rm(join(this.#folder, path), { force: true });
      else await this.#write(path, bytes);
    }
    this.#touched.clear();
  }

  /** @type {(policy: string, state?: string) => Promise<Said>} */
  async said(policy, state) {
    try {
      const last = state === undefined ? undefined : readCheckpointText(readNote(state).text);
      const log = openPublishedLog(this.#folder);
      const { status, relation, leaves, summary } = await verifyPublished(log, {
        policy: readPolicy(policy),
        last,
      });
      return { status, relation, fault: leaves?.fault ?? null, summary };
    } catch (error) {
      if (!isSealtrailError(error)) throw error;
      return { status: error.code, summary: error.message };
    }
  }

  /**
   * Whether the command says the same as the library, and its note of what is trusted moves forward only.
   *
   * @param {string} policy
   * @param {string | undefined} state
   * @param {Said} said
   * @returns {Promise<string | undefined>} what is wrong
   */
  async commandDiffers(policy, state, { status, relation }) {
    const [policyFile, stateFile] = [`${this.#folder}.policy`, `${this.#folder}.state`];
    await rm(stateFile, { force: true });
    await writeFile(policyFile, policy);
    if (state !== undefined) await writeFile(stateFile, state);
    const args = [VERIFY, this.#folder, '--policy', policyFile, '--state', stateFile, '--json'];
    const code = await new Promise((resolve) => {
      execFile(process.execPath, args, (error) => resolve(error === null ? 0 : error.code));
    });
    const wanted = EXIT_CODES[/** @type {'valid'} */ (status)] ?? 2;
    if (code !== wanted) return `the command ends with ${code}, the library says ${status}`;
    const moves = status === 'valid' && (relation === 'first_seen' || relation === 'extended');
    const shown = await readFile(join(this.#folder, 'checkpoint'), 'utf8').catch(() => undefined);
    const after = await readFile(stateFile, 'utf8').catch(() => undefined);
    return after === (moves ? shown : state)
      ? undefined
      : 'what is remembered moved, or did not, against SPEC 14.6';
  }

  /** @param {string} path @param {Uint8Array | string} bytes */
  async #write(path, bytes) {
    const file = join(this.#folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
}

/**
 * A tlog-proof, as somebody checks it who believes a policy and has the leaf.
 *
 * @type {(proof: string, leaf: string, policy: string) => Said}
 */
export function proofSaid(proof, leaf, policy) {
  try {
    const { index, proof: path, checkpoint } = readTlogProof(proof);
    const { size, root } = acceptCheckpoint(checkpoint, readPolicy(policy));
    return { status: verifyInclusion(index, size, leafHash(leaf), path, root) ? 'valid' : 'broken' };
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    return { status: error.code };
  }
}
