import type { EntryDraft } from '@sealtrail/format';
import { placeAll } from '../log/committer.ts';
import { prepare } from '../log/prepare.ts';
import type { Store, Tip } from '../port.ts';

/**
 * Appends if the log still ends where the caller has read it: what was decided on what it says is decided on all of it.
 *
 * @returns false when somebody else appended in the meantime, or the id is taken
 */
export async function appendIfUnchanged(
  store: Store,
  tenant: string,
  drafts: readonly EntryDraft[],
  tip: Pick<Tip, 'seq' | 'hash'>,
): Promise<boolean> {
  const prepared = drafts.map((draft) => prepare(tenant, draft));
  const { rows } = await store.commit(tenant, (found, now) =>
    found.seq === tip.seq && found.hash === tip.hash ? placeAll(prepared, found, now) : [],
  );
  await store.release(tenant);
  return rows.length === drafts.length;
}
