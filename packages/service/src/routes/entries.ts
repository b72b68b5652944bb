import { type EntryRow, isSealtrailError, readEntry, readOpenings, SealtrailError } from '@sealtrail/format';
import { anchorOver, prunedBefore, type Store } from '@sealtrail/store';
import type { Filter } from '@sealtrail/views';
import { z } from 'zod';
import type { Scope } from '../access/identity.ts';
import { coversRecord, notFound } from '../access/permissions.ts';
import { type Route, route } from '../http/route.ts';
import { digits, entriesPage, entryDetail, entryParams, seq, tenantParams, text } from '../http/schemas.ts';

const number = z
  .string()
  .regex(/^-?\d{1,9}(\.\d{1,9})?$/, 'a number')
  .transform(Number)
  .meta({ type: 'number' });

/** The filter of the views with a dot for each step into it; what the values may be is theirs to say. */
const filterQuery = {
  'record.type': text.optional(),
  'record.id': text.optional(),
  proposal: text.optional(),
  'actor.type': text.optional(),
  'actor.id': text.optional(),
  agent: text.optional(),
  action: text.optional(),
  type: text.optional(),
  mode: text.optional(),
  outcome: text.optional(),
  'confidence.min': number.optional(),
  'confidence.max': number.optional(),
  trace: text.optional(),
  conversation: text.optional(),
  batch: text.optional(),
  from: seq.optional(),
  to: seq.optional(),
  since: text.optional(),
  until: text.optional(),
};

const pageQuery = {
  limit: digits(1, 1_000).optional(),
  cursor: z.string().max(200).optional(),
  order: z.enum(['newest', 'oldest']).optional(),
};

export const entriesRoutes: readonly Route[] = [
  route({
    name: 'entries',
    method: 'GET',
    path: '/tenants/:tenant/entries',
    summary: 'Entries that fit a filter, newest first unless asked otherwise.',
    right: 'read',
    params: tenantParams,
    query: z.strictObject({ ...filterQuery, ...pageQuery }),
    answer: entriesPage,
    access: 'access.viewed',
    handle: async ({ parts: { views }, params, query }) => {
      const { limit, cursor, order, ...filter } = query;
      return { body: await views.entries(params.tenant, nested(filter) as Filter, { limit, cursor, order }) };
    },
  }),
  route({
    name: 'entry',
    method: 'GET',
    path: '/tenants/:tenant/entries/:seq',
    summary: 'One entry as it is stored, with what is needed to check its hash and its place.',
    right: 'record',
    params: entryParams,
    answer: entryDetail,
    access: 'access.viewed',
    handle: async ({ parts: { store }, params: { tenant, seq }, signed }) => {
      const rows = await store.readAt(
        tenant,
        [seq - 1, seq, seq + 1].filter((one) => one >= 0),
      );
      const found = rows.find((one) => one.seq === seq);
      const row = await inScope(found, store, signed.scope, tenant, seq);
      const around = rows.filter((near) => near !== row && isAbout(near, signed.scope));
      const anchor = (await anchorOver(store, tenant, seq))?.number ?? null;
      return {
        body: { ...stored(row), ...openingsOf(row), anchor, around: around.sort(bySeq).map(stored) },
        accessed: { data: { seq } },
      };
    },
  }),
];

/**
 * What was found at a position, if it is there and within the scope.
 *
 * @throws SealtrailError `not_found`, `pruned`
 */
export async function inScope(
  found: EntryRow | undefined,
  store: Store,
  scope: Scope,
  tenant: string,
  seq: number,
): Promise<EntryRow> {
  if (found === undefined) throw await absent(store, scope, tenant, seq);
  if (!isAbout(found, scope)) throw notFound();
  return found;
}

/** Why an entry is not there. Who may see one record is not told whether others were pruned. */
async function absent(store: Store, scope: Scope, tenant: string, seq: number): Promise<SealtrailError> {
  if (scope.record !== undefined || seq >= (await prunedBefore(store, tenant))) return notFound();
  const message = `position ${seq} of ${tenant} is not stored any more: see its archive`;
  return new SealtrailError('pruned', message);
}

/** Whether an entry is within a scope of one record. One that cannot be read is not. */
function isAbout({ entry }: Pick<EntryRow, 'entry'>, scope: Scope): boolean {
  if (scope.record === undefined) return true;
  try {
    return readEntry(entry).targets.some((target) => coversRecord(scope, target));
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    return false;
  }
}

const bySeq = (one: EntryRow, other: EntryRow): number => one.seq - other.seq;

function stored({ seq, entry, hash }: EntryRow) {
  return { seq, bytes: entry, hash };
}

/** What somebody changed is shown as well as can be: it is what an investigation looks at. */
function openingsOf({ openings }: EntryRow) {
  try {
    const found = Object.entries(readOpenings(openings));
    return { openings: found.map(([field, { salt, value }]) => ({ field, salt, value })) };
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    return { openings: [], fault: 'opening_malformed' as const };
  }
}

/** `record.type` becomes `type` of `record`; members that were not given are left out. */
function nested(flat: Readonly<Record<string, unknown>>): object {
  const result: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(flat)) {
    if (value === undefined) continue;
    const [outer = '', inner] = path.split('.');
    if (inner === undefined) result[outer] = value;
    else result[outer] = { ...(result[outer] as object | undefined), [inner]: value };
  }
  return result;
}
