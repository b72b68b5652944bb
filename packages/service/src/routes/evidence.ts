import type { Target } from '@sealtrail/format';
import { z } from 'zod';
import { coversRecord, notFound } from '../access/permissions.ts';
import { type Route, route } from '../http/route.ts';
import { entryParams, recordParams, text } from '../http/schemas.ts';
import { inScope } from './entries.ts';
import { type Asked, streamed } from './threads.ts';

/** Which sealed values go with it: names of fields separated by commas, or `all`; default none. */
const query = z.strictObject({ disclose: text.optional() });

export const evidenceRoutes: readonly Route[] = [
  route({
    name: 'record_evidence',
    method: 'GET',
    path: '/tenants/:tenant/records/:type/:id/evidence',
    summary: "A record's complete history as one file for an outsider (SPEC 15): proofs, seal, checkpoint.",
    right: 'record',
    params: recordParams,
    query,
    answer: 'application/gzip',
    access: 'access.exported',
    handle: async (call) => {
      const { tenant, ...record } = call.params;
      if (!coversRecord(call.signed.scope, record)) throw notFound();
      const answer = await evidence(call, tenant, record, call.query.disclose, `${record.type}-${record.id}`);
      return { ...answer, accessed: { record } };
    },
  }),
  route({
    name: 'entry_evidence',
    method: 'GET',
    path: '/tenants/:tenant/entries/:seq/evidence',
    summary: 'One entry as one file for an outsider (SPEC 15).',
    right: 'record',
    params: entryParams,
    query,
    answer: 'application/gzip',
    access: 'access.exported',
    handle: async (call) => {
      const { tenant, seq } = call.params;
      const { store } = call.parts;
      const [found] = await store.readAt(tenant, [seq]);
      await inScope(found, store, call.signed.scope, tenant, seq);
      const answer = await evidence(call, tenant, seq, call.query.disclose, `entry-${seq}`);
      return { ...answer, accessed: { data: { seq } } };
    },
  }),
];

async function evidence(
  call: Asked,
  tenant: string,
  about: Target | number,
  disclose: string | undefined,
  name: string,
): Promise<{ readonly response: Response }> {
  const chosen = disclose === 'all' ? 'all' : (disclose?.split(',') ?? []);
  const log = call.parts.published?.folder;
  const job = { kind: 'evidence', tenant, about, disclose: chosen, log } as const;
  const lines = await streamed(call, job);
  const file = `${tenant}-${name}.evidence.gz`.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  const headers = {
    'content-type': 'application/gzip',
    'content-disposition': `attachment; filename="${file}"`,
  };
  const gzip = new CompressionStream('gzip');
  const body = lines.pipeThrough<Uint8Array>(gzip);
  return { response: new Response(body, { headers }) };
}
