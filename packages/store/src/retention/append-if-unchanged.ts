import { type EntryDraft, SealtrailError } from '@sealtrail/format';
import { placeAll } from '../log/committer.ts';
import { prepare } from '../log/prepare.ts';
import type { Store, Tip } from '../port.ts';

/**
 * Appends if the log still ends where the caller has read it: what was decided on what it says is decided on all of it.
 *
 * @returns how many of the drafts, from the first, are in the log: none when somebody else appended in the meantime, and some of
 *   them when the database was cut off in the middle
 * @throws SealtrailError `id_conflict` when an id is taken: deciding again would not change that
 */
export async function appendIfUnchanged(
  store: Store,
  tenant: string,
  drafts: readonly EntryDraft[],
  tip: Pick<Tip, 'seq' | 'hash'>,
): Promise<number> {
  const prepared = drafts.map((draft) => prepare(tenant, draft));
  const { rows, takenId } = await store.commit(tenant, (found, now) =>
    found.seq === tip.seq && found.hash === tip.hash ? placeAll(prepared, found, now) : [],
  );
  await store.release(tenant);
  if (takenId !== undefined) {
    throw new SealtrailError('id_conflict', `the log of ${tenant} has another entry with the id ${takenId}`, {
      tenant,
      id: takenId,
    });
  }
  return rows.length;
}
