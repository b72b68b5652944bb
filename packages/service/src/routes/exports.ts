import { ENTRY_FORMATS } from '@sealtrail/views/export';
import { z } from 'zod';
import { coversRecord, notFound } from '../access/permissions.ts';
import { type Route, route } from '../http/route.ts';
import { digits, entryParams, proof, recordParams, seq, tenantParams, time } from '../http/schemas.ts';
import type { Job } from '../jobs/job.ts';
import { inScope } from './entries.ts';
import { type Asked, answered, streamed } from './threads.ts';

const values = z.enum(['included', 'withheld']).optional();
const sealNumber = digits(0, Number.MAX_SAFE_INTEGER).optional();

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
};

export const exportRoutes: readonly Route[] = [
  route({
    name: 'log',
    method: 'GET',
    path: '/tenants/:tenant/log',
    summary: 'The whole log as a bundle, broken or not: for whoever verifies it for themselves.',
    right: 'read',
    params: tenantParams,
    query: z.strictObject({ values }),
    answer: 'application/jsonl',
    access: 'access.exported',
    handle: (call) =>
      stream(call, 'jsonl', {
        kind: 'bundle',
        tenant: call.params.tenant,
        values: call.query.values ?? 'included',
        checked: false,
      }),
  }),
  route({
    name: 'export',
    method: 'GET',
    path: '/tenants/:tenant/export',
    summary: 'A download: a bundle, verified on the way, or the entries for another tool.',
    right: 'read',
    params: tenantParams,
    query: z
      .strictObject({
        format: z.enum(['bundle', ...ENTRY_FORMATS]),
        values,
        from: seq.optional(),
        to: seq.optional(),
        since: time.optional(),
        until: time.optional(),
      })
      .refine(
        ({ format, from, to, since, until }) =>
          format !== 'bundle' || [from, to, since, until].every((one) => one === undefined),
        'a bundle is of a whole log',
      )
      .refine(({ from = 0, to = from }) => from <= to, 'the range ends before it begins')
      .refine(({ since = '', until = '~' }) => since < until, 'no time is in that period'),
    answer: 'application/jsonl',
    access: 'access.exported',
    handle: async (call) => {
      const { tenant } = call.params;
      const { format, values: which, ...range } = call.query;
      if (format === 'bundle') {
        const job = { kind: 'bundle', tenant, values: which ?? 'included', checked: true } as const;
        return stream(call, 'jsonl', job, `${tenant}-bundle.jsonl`);
      }
      const type = format === 'csv' ? 'csv' : 'jsonl';
      const job = { kind: 'entries', tenant, format, values: which ?? 'withheld', ...range } as const;
      return stream(call, type, job, `${tenant}-${format}.${type}`);
    },
  }),
  route({
    name: 'record_proof',
    method: 'GET',
    path: '/tenants/:tenant/records/:type/:id/proof',
    summary: "The proof of a record's complete history, up to a seal (SPEC 13).",
    right: 'record',
    params: recordParams,
    query: z.strictObject({}),
    answer: proof,
    access: 'access.exported',
    handle: async (call) => {
      const { tenant, ...record } = call.params;
      if (!coversRecord(call.signed.scope, record)) throw notFound();
      const body = await answered(call, { kind: 'prove-history', tenant, record });
      return { body, accessed: { record } };
    },
  }),
  route({
    name: 'entry_proof',
    method: 'GET',
    path: '/tenants/:tenant/entries/:seq/proof',
    summary: 'The proof that an entry is in the log, up to a seal (SPEC 13).',
    right: 'record',
    params: entryParams,
    query: z.strictObject({ seal: sealNumber }),
    answer: proof,
    access: 'access.exported',
    handle: async (call) => {
      const { tenant, seq } = call.params;
      const { store } = call.parts;
      const [found] = await store.readAt(tenant, [seq]);
      await inScope(found, store, call.signed.scope, tenant, seq);
      const body = await answered(call, { kind: 'prove-entry', tenant, seq, seal: call.query.seal });
      return { body, accessed: { data: { seq } } };
    },
  }),
];

async function stream(call: Asked, type: string, job: Job, file?: string) {
  const body = await streamed(call, job);
  const headers = new Headers({ 'content-type': TYPES[type] as string });
  // A tenant's name has no character that a file name may not have, but for the colon of some systems.
  if (file !== undefined) {
    headers.set('content-disposition', `attachment; filename="${file.replaceAll(/[~:]/g, '_')}"`);
  }
  return { response: new Response(body, { headers }) };
}
