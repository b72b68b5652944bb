import { SEALS_TENANT, SealtrailError } from '@sealtrail/format';
import { Log, type Store } from '@sealtrail/store';
import { encodeVkey, type NoteKey, readVkey } from '@sealtrail/tlog';
import type { LogFolder } from '../log/log-folder.ts';
import type { StoredCheckpoint } from '../log/memory.ts';
import { type KeyChange, keyChanges, keyDraft } from './key-entries.ts';

/**
 * Names a further key in the operator's log, or retires one. It counts from the next checkpoint on. A key that is named already may be
 * added again, which adds nothing: whoever got no answer asks once more.
 *
 * @returns whether the log was changed
 * @throws SealtrailError `key_invalid` for a key of another log, one that is not named or was retired, and the last one; `config_invalid`
 *   when nothing was published from the folder yet; what appending throws
 */
export function changeKey(
  store: Store,
  folder: LogFolder,
  kind: KeyChange['kind'],
  key: NoteKey,
): Promise<boolean> {
  // In turns over all processes: of two that each retire one of the last two keys, the second has to see the first.
  return folder.memory.exclusively(async () => {
    const newest = newestOf(folder);
    if (key.role !== 'log' || key.name !== newest.origin) {
      throw refused(key, `is not one of the log ${newest.origin}`);
    }
    const retired = await keysOf(store, folder.memory.keys(), newest.size);
    const state = retired.get(encodeVkey(key));
    if (state === true) throw refused(key, 'was retired, for good');
    if (kind === 'retired') {
      if (state === undefined) throw refused(key, 'is not named in the log');
      // Without a key nothing is signed any more, and nobody would hear why.
      if ([...retired.values()].filter((gone) => !gone).length === 1) {
        throw refused(key, 'is the last one of the log: add the next one first');
      }
    }
    const log = new Log(store);
    try {
      return !(await log.append(SEALS_TENANT, keyDraft(kind, key))).duplicate;
    } finally {
      await log.close();
    }
  });
}

/**
 * The key that has an id, among those that the log names: its file may be lost, which is a reason to retire it.
 *
 * @throws SealtrailError `key_invalid` when none has it, or several have; `config_invalid` as {@link changeKey}
 */
export function namedKey(store: Store, folder: LogFolder, id: string): Promise<NoteKey> {
  return folder.memory.exclusively(async () => {
    const { size } = newestOf(folder);
    const named = [...(await keysOf(store, folder.memory.keys(), size)).keys()].map(readVkey);
    const [key, ...more] = named.filter((one) => one.id === id);
    if (key !== undefined && more.length === 0) return key;
    const why =
      key === undefined
        ? `names no key ${id}, but ${named.map((one) => one.id).join(', ')}`
        : `names several keys ${id}: give the public key instead`;
    throw new SealtrailError('key_invalid', `the log ${why}`);
  });
}

function newestOf(folder: LogFolder): StoredCheckpoint {
  const newest = folder.memory.newest();
  if (newest !== undefined) return newest;
  throw new SealtrailError('config_invalid', `nothing was published from ${folder.path} yet`);
}

/** Keys that the log names, and whether it retired them: those under the newest checkpoint, and what came since. */
async function keysOf(
  store: Store,
  known: ReadonlyMap<string, boolean>,
  size: number,
): Promise<ReadonlyMap<string, boolean>> {
  const retired = new Map(known);
  for await (const { vkey, kind } of keyChanges(store, size)) retired.set(vkey, kind === 'retired');
  return retired;
}

function refused({ id, name }: NoteKey, why: string): SealtrailError {
  return new SealtrailError('key_invalid', `the key ${id} of ${name} ${why}`);
}
