import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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

/** Notes the checkpoint that is trusted from now on. A crash leaves the old file or the new one. */
export function writeState(path: string, note: string): void {
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, note, { flag: 'wx', flush: true });
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new SealtrailError('config_invalid', `cannot write ${path}`, {}, { cause });
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
