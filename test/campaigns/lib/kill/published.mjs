// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyFile, openKeyFile } from '@sealtrail/publisher';
import { policyOfKey } from '@sealtrail/tlog';
import { openPublishedLog, verifyCheckpoint } from '@sealtrail/verifier';

/**
 * What a campaign knows at the end of a round, beside what the writers noted themselves.
 *
 * @typedef {object} State
 * @property {number} done  rounds
 * @property {number} kills
 * @property {Record<string, number>} struck
 * @property {{ readonly origin: string, readonly size: number, readonly root: string } | undefined} [checkpoint]  of the published log
 */

const ORIGIN = 'kill.example/log';

/** The published log as somebody sees it who noted its last checkpoint: it may only grow. */
export class Published {
  /** For the workers that publish. */
  key;
  folder;
  /** What was trusted last. */
  last;
  /** @type {import('@sealtrail/tlog').Policy | undefined} */
  #policy;

  /**
   * @param {string} folder
   * @param {State['checkpoint']} last
   */
  constructor(folder, last) {
    this.last = last;
    this.key = join(folder, 'key');
    this.folder = join(folder, 'published');
  }

  async begin() {
    const key = existsSync(this.key)
      ? (await openKeyFile(this.key)).key
      : await createKeyFile(this.key, ORIGIN, 'log');
    this.#policy = policyOfKey(key);
  }

  /**
   * What is still to be published, until there is a checkpoint over all seals.
   *
   * @param {number} seals  how many the log of seals holds
   * @throws Error when what is published is not what was published before
   */
  async behind(seals) {
    if (this.#policy === undefined) throw new Error('the published log has no key yet');
    const log = openPublishedLog(this.folder);
    // Before the first checkpoint there is nothing; one that was seen may not go away again.
    const note = await log.checkpoint().catch((error) => {
      if (this.last !== undefined) throw error;
      return undefined;
    });
    if (note === undefined) return 'nothing is published';
    const { status, summary, checkpoint } = await verifyCheckpoint(note, {
      policy: this.#policy,
      last: this.last,
      consistency: log.consistency,
    });
    if (status !== 'valid' || checkpoint === null) throw new Error(`published log: ${summary}`);
    this.last = checkpoint;
    return checkpoint.size < seals
      ? `${seals - checkpoint.size} of ${seals} seals are not published`
      : undefined;
  }
}
