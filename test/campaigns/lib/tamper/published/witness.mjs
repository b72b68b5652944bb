// @ts-check
import { createHash } from 'node:crypto';
import { copyFile, rm } from 'node:fs/promises';
import { consistencyProof, isSealtrailError, leafHash } from '@sealtrail/format';
import { Witness } from '@sealtrail/publisher';
import {
  acceptCheckpoint,
  encodeAddCheckpoint,
  encodeVkey,
  readCheckpointText,
  readNote,
  readPolicy,
} from '@sealtrail/tlog';
import Database from 'libsql';
import { oneCharacter, pick } from '../singles.mjs';
import { drawn, relinked, signed } from './plots.mjs';

// What a witness remembers, changed by somebody who does not have its key; then it is shown the log as it is, and a second history.

const SECOND = 'what a witness remembers gone or set back, and a second history cosigned';

/** @typedef {import('./operator.mjs').Shown} Shown */
/** @typedef {{ readonly how: string, readonly change: (db: Database.Database) => unknown, readonly knows: number }} Edit */

/**
 * @param {Shown} shown
 * @param {() => number} random
 * @returns {Edit} `knows`: of how many leaves the witness still knows
 */
function editOf({ notes, signer }, random) {
  const set =
    (/** @type {string} */ column, /** @type {unknown} */ value) => (/** @type {Database.Database} */ db) =>
      db.prepare(`UPDATE logs SET ${column} = ?`).run(value);
  const { size } = checkpointOf(String(notes.at(-1)));
  const older = pick(notes.slice(0, -1), random);
  const back = checkpointOf(older);
  const all =
    (/** @type {{ size: number, root: string }} */ one, /** @type {string} */ note) =>
    (/** @type {Database.Database} */ db) =>
      db.prepare('UPDATE logs SET size = ?, root = ?, note = ?').run(one.size, one.root, note);
  const step = 1 + Math.floor(random() * size);
  /** @type {readonly Edit[]} */
  const edits = [
    { how: 'the size', change: set('size', pick([size + step, size - step, 0, -1], random)), knows: size },
    { how: 'the root', change: set('root', leafHash(String(random()))), knows: size },
    {
      how: 'a character of the note',
      change: set('note', oneCharacter(String(notes.at(-1)), random)),
      knows: size,
    },
    { how: 'an older note', change: set('note', older), knows: size },
    { how: 'the name of the log', change: set('origin', `${signer.key.name}2`), knows: 0 },
    { how: 'the row gone', change: (db) => db.exec('DELETE FROM logs'), knows: 0 },
    { how: 'the table gone', change: (db) => db.exec('DROP TABLE logs'), knows: size },
    { how: 'set back', change: all(back, older), knows: back.size },
    {
      how: 'set back, the note left',
      change: all(back, String(notes.at(-1))),
      knows: back.size,
    },
  ];
  return pick(edits, random);
}

/** @type {(note: string) => import('@sealtrail/tlog').Checkpoint} */
const checkpointOf = (note) => readCheckpointText(readNote(note).text);

/**
 * One change.
 *
 * @param {{ readonly shown: Shown, readonly stage: import('./stage.mjs').Stage, readonly random: () => number, readonly told: string, readonly score: import('../score.mjs').Score }} one
 */
export async function memory({ shown, stage, random, told, score }) {
  const { how, change, knows } = editOf(shown, random);
  const at = knows < shown.leaves.length ? Math.max(knows, drawn(shown, random)) : drawn(shown, random);
  const leaves = relinked(shown.leaves, at);
  const files = await signed(shown, leaves);
  const newest = String(shown.notes.at(-1));
  const second = await asked(shown, change, leaves, String(files.get('checkpoint')));
  if (second.cosigned === undefined) {
    const first = await asked(shown, change, shown.leaves, newest);
    const same = first.cosigned !== undefined && first.served;
    const said = { status: same ? 'valid' : 'refused', summary: 'the log as it is was cosigned' };
    const neutral = same ? 'a witness serves what it cosigned, without somebody else’s signature' : undefined;
    return score.published('what a witness remembers', how, said, { neutral }, told);
  }
  if (knows === shown.leaves.length)
    score.problems.push(`${how}: a witness cosigned a second history of what it knows; ${told}`);
  await stage.put([...files, ['checkpoint', second.cosigned]]);
  if ((await stage.said(shown.policy)).status === 'valid')
    score.problems.push(`${how}: a second history is valid for whoever asks for both witnesses; ${told}`);
  const policy = alone(shown);
  const [status, noted] = [(await stage.said(policy)).status, (await stage.said(policy, newest)).status];
  score.needs(SECOND, 'checkpoint', status, noted, told);
}

/** A policy of somebody who asks for the one witness alone. @type {(shown: Shown) => string} */
function alone({ signer, witness }) {
  return `log ${encodeVkey(signer.key)}\nwitness w ${encodeVkey(witness.signer.key)}\nquorum w\n`;
}

/**
 * Shows a checkpoint to a witness whose memory was changed, from the size that it says it has seen, as publishers do.
 *
 * @param {Shown} shown
 * @param {Edit['change']} change
 * @param {readonly string[]} leaves
 * @param {string} note
 * @returns {Promise<{ cosigned?: string, served: boolean }>} the note with its signature; whether what it served before is what it cosigned
 */
async function asked(shown, change, leaves, note) {
  const { signer, witness: own } = shown;
  const copy = `${own.memory}.changed`;
  await copyFile(own.memory, copy);
  /** @type {Witness | undefined} */
  let witness;
  try {
    const db = new Database(copy);
    change(db);
    db.close();
    witness = new Witness({ signer: own.signer, logs: [signer.key], state: copy });
    const { body } = witness.checkpoint(createHash('sha256').update(signer.key.name).digest('hex'));
    const served = isServed(body, shown);
    let answer = await ask(witness, leaves.length, leaves, note);
    if (answer.status === 409) answer = await ask(witness, Number(answer.body), leaves, note);
    return answer.status === 200 ? { cosigned: note + answer.body, served } : { served };
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    return { served: false };
  } finally {
    witness?.close();
    await rm(copy, { force: true });
  }
}

/** @type {(witness: Witness, old: number, leaves: readonly string[], checkpoint: string) => ReturnType<Witness['addCheckpoint']>} */
function ask(witness, old, leaves, checkpoint) {
  const proof = old < 1 || old > leaves.length ? [] : consistencyProof(leaves.map(leafHash), old);
  return witness.addCheckpoint(encodeAddCheckpoint({ old, proof, checkpoint }));
}

/** Whether what a witness serves is the newest checkpoint, for whoever believes it. @type {(body: string, shown: Shown) => boolean} */
function isServed(body, shown) {
  try {
    return (
      acceptCheckpoint(body, readPolicy(alone(shown))).root === checkpointOf(String(shown.notes.at(-1))).root
    );
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    return false;
  }
}
