import { changeId, isReservedId, isReservedType } from '@sealtrail/events';
import { checkArgument, checkTenant, SealtrailError } from '@sealtrail/format';
import type { EntryDraft } from '@sealtrail/store';

/**
 * The operator's own logs, such as that of the seals, are not a plugin's to write to (SPEC 12). Entries that account for what was
 * destroyed, or set rules for it (SPEC 16, 17), are the operator's in every log; proposals, decisions, grants and executions are
 * written by a trail alone, which knows who decides. Nor may the host's entries have ids that those will need: an id is in a log once.
 *
 * @throws SealtrailError `draft_invalid`
 */
export function refuseReserved(tenant: string, drafts: readonly EntryDraft[] = []): void {
  // Also for what only reads: from plain JavaScript anything may come, and a database may take an object for a condition.
  checkTenant(tenant);
  checkArgument('appendAll', 'a list of drafts', drafts, Array.isArray, 'draft_invalid');
  if (tenant.startsWith('~')) {
    throw new SealtrailError('draft_invalid', 'tenants whose names begin with ~ are the operator’s', {
      tenant,
    });
  }
  for (const draft of drafts) {
    const { id, type } = Object(draft) as Partial<EntryDraft>;
    if (isReservedType(String(type))) {
      throw new SealtrailError('draft_invalid', `entries of type ${type} are Sealtrail’s own to write`);
    }
    if (typeof id === 'string' && isReservedId(id) && !isOfChange(draft)) {
      throw new SealtrailError('draft_invalid', `the id ${id} is for an entry of Sealtrail’s own`, { id });
    }
  }
}

/** What the CRM wrote is the host's to say, under the id that says of which write. */
function isOfChange({ id, type, data }: EntryDraft): boolean {
  return type === 'record.changed' && id === changeId(String(data?.['change']));
}
