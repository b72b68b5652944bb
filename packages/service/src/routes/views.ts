import type { CoachingQuery, IncidentQuery } from '@sealtrail/views';
import { z } from 'zod';
import { coversRecord, notFound } from '../access/permissions.ts';
import { type Route, route } from '../http/route.ts';
import {
  coaching,
  digits,
  entriesPage,
  incidentPage,
  name,
  proposalView,
  recordParams,
  tenantParams,
  text,
} from '../http/schemas.ts';
import { answered } from './threads.ts';

const page = {
  limit: digits(1, 1_000).optional(),
  cursor: z.string().max(200).optional(),
  order: z.enum(['newest', 'oldest']).optional(),
};

export const viewRoutes: readonly Route[] = [
  route({
    name: 'proposal',
    method: 'GET',
    path: '/tenants/:tenant/proposals/:id',
    summary: 'Everything that is recorded about one proposal.',
    right: 'read',
    params: z.strictObject({ tenant: name, id: text }),
    answer: proposalView,
    access: 'access.viewed',
    handle: async ({ parts: { views }, params: { tenant, id } }) => {
      const proposal = await views.proposal(tenant, id);
      if (proposal === undefined) throw notFound();
      return { body: proposal, accessed: { data: { proposal: id } } };
    },
  }),
  route({
    name: 'record',
    method: 'GET',
    path: '/tenants/:tenant/records/:type/:id',
    summary: "A record's history, oldest first unless asked otherwise.",
    right: 'record',
    params: recordParams,
    query: z.strictObject(page),
    answer: entriesPage,
    access: 'access.viewed',
    handle: async ({ parts: { views }, params: { tenant, ...record }, query, signed }) => {
      if (!coversRecord(signed.scope, record)) throw notFound();
      return { body: await views.record(tenant, record, query), accessed: { record } };
    },
  }),
  route({
    name: 'coaching',
    method: 'GET',
    path: '/tenants/:tenant/coaching',
    summary: 'Counts of proposals and of what became of them.',
    right: 'coaching',
    params: tenantParams,
    query: z.strictObject({
      since: text.optional(),
      until: text.optional(),
      agent: text.optional(),
      action: text.optional(),
      person: text.optional(),
    }),
    answer: coaching,
    access: 'access.viewed',
    handle: async (call) => {
      const query = call.query as CoachingQuery;
      return { body: await answered(call, { kind: 'coaching', tenant: call.params.tenant, query }) };
    },
  }),
  route({
    name: 'incident',
    method: 'GET',
    path: '/tenants/:tenant/incident',
    summary: 'Everything that belongs to a trace or a conversation.',
    right: 'read',
    params: tenantParams,
    query: z.strictObject({ trace: text.optional(), conversation: text.optional(), ...page }),
    answer: incidentPage,
    access: 'access.viewed',
    handle: async ({ parts: { views }, params, query: { limit, cursor, order, ...what } }) => ({
      body: await views.incident(params.tenant, what as IncidentQuery, { limit, cursor, order }),
    }),
  }),
];
