import { randomUUID } from 'node:crypto';
import {
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import {
  type Checkpoint,
  type Policy,
  policyOfKey,
  readCheckpointText,
  readNote,
  readPolicy,
  readVkey,
} from '@sealtrail/tlog';

// What whoever verifies keeps: whom to believe, and what was believed last.

/**
 * The policy of a policy file, or of a key alone.
 *
 * @throws SealtrailError `config_invalid`, `policy_malformed`, `key_invalid`
 */
export function readTrust(from: {
  readonly policy?: string | undefined;
  readonly key?: string | undefined;
}): Policy | undefined {
  if (from.policy !== undefined && from.key !== undefined) {
    throw new SealtrailError(
      'config_invalid',
      '--policy and --key exclude each other: a policy names the key',
    );
  }
  if (from.policy !== undefined) return readPolicy(readText(from.policy));
  return from.key === undefined ? undefined : policyOfKey(readVkey(from.key));
}

/**
 * The checkpoint that was trusted last; undefined when there is no such file yet. The file is the signed note itself. It is
 * the reader's own: its signatures were verified when it was written.
 *
 * @throws SealtrailError `config_invalid` for a file that holds something else
 */
export function readState(path: string): Checkpoint | undefined {
  let note: string;
  try {
    note = readFileSync(path, 'utf8');
  } catch (cause) {
    if (Object(cause).code === 'ENOENT') return undefined;
    throw new SealtrailError('config_invalid', `cannot read ${path}`, {}, { cause });
  }
  try {
    return readCheckpointText(readNote(note).text);
  } catch (cause) {
    throw new SealtrailError('config_invalid', `${path} holds no checkpoint`, {}, { cause });
  }
}

/**
 * Notes the checkpoint that is trusted from now on. A crash leaves the old file or the new one. A link stays, and the file behind it is
 * replaced: others read that one, and would go on from an older checkpoint.
 */
export function writeState(path: string, note: string): void {
  let draft: string | undefined;
  try {
    const file = behindLinks(path);
    draft = `${file}.${randomUUID()}`;
    writeFileSync(draft, note, { flag: 'wx', flush: true });
    renameSync(draft, file);
  } catch (cause) {
    if (draft !== undefined) rmSync(draft, { force: true });
    throw new SealtrailError('config_invalid', `cannot write ${path}`, {}, { cause });
  }
}

/** The file that a path leads to, also if there is none yet. */
function behindLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    if (Object(cause).code !== 'ENOENT') throw cause;
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return isLink ? behindLinks(resolve(realpathSync(dirname(path)), readlinkSync(path))) : path;
  }
}

/** @throws SealtrailError `config_invalid` */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SealtrailError('config_invalid', `cannot read ${path}`, {}, { cause });
  }
}
