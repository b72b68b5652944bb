import { keepPreviousData, type Query, queryOptions } from '@tanstack/react-query';
import * as answers from './answers.ts';
import { ask, pathOf, queryOf, ServiceError } from './client.ts';

// Every question to the service, and the key under which its answer is kept.

export const meQuery = queryOptions({
  queryKey: ['me'],
  /** Null when nobody is signed in. */
  queryFn: async ({ signal, client, queryKey }) => {
    try {
      const me = await ask('me', answers.me, { signal });
      // Another tab has the same cookie. What was shown to whoever it was of before is not for who comes now.
      if (!isSame(client.getQueryData(queryKey), me)) client.removeQueries({ predicate: isNotMe });
      return me;
    } catch (error) {
      if (error instanceof ServiceError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
  refetchOnWindowFocus: 'always',
});

/** Whether an answer is of anything but who is signed in. */
export const isNotMe = ({ queryKey }: Query): boolean => queryKey[0] !== 'me';

function isSame(before: answers.Me | null | undefined, me: answers.Me): boolean {
  return before === null || before === undefined || JSON.stringify(before) === JSON.stringify(me);
}

export const tenantsQuery = queryOptions({
  queryKey: ['tenants'],
  /** All of them, page after page. */
  queryFn: async ({ signal }) => {
    const tenants = [];
    let cursor: string | undefined;
    do {
      const page = await ask(`tenants${queryOf({ cursor })}`, answers.tenants, { signal });
      tenants.push(...page.tenants);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return { tenants };
  },
});

/** Of this tenant alone: asked again and again, and there may be very many. */
export const statusQuery = (tenant: string) =>
  queryOptions({
    queryKey: ['status', tenant],
    queryFn: ({ signal }) => ask(`status${queryOf({ tenant })}`, answers.status, { signal }),
    refetchInterval: 30_000,
  });

export const runsQuery = (tenant: string) =>
  queryOptions({
    queryKey: ['runs', tenant],
    queryFn: ({ signal }) => ask(pathOf('tenants', tenant, 'verifications'), answers.runs, { signal }),
  });

export type Parameters = Readonly<Record<string, string | number | undefined>>;

export const entriesQuery = (tenant: string, parameters: Parameters) =>
  queryOptions({
    queryKey: ['entries', tenant, parameters],
    queryFn: ({ signal }) =>
      ask(`${pathOf('tenants', tenant, 'entries')}${queryOf(parameters)}`, answers.entriesPage, {
        signal,
        isLong: true,
      }),
    placeholderData: keepPreviousData,
  });

export const storedEntryQuery = (tenant: string, seq: number) =>
  queryOptions({
    queryKey: ['entry', tenant, seq],
    queryFn: ({ signal }) => ask(pathOf('tenants', tenant, 'entries', seq), answers.storedEntry, { signal }),
    // What is stored may change behind the log's back: nothing is shown from memory.
    staleTime: 0,
    gcTime: 0,
  });

export const proposalQuery = (tenant: string, id: string) =>
  queryOptions({
    queryKey: ['proposal', tenant, id],
    queryFn: ({ signal }) =>
      ask(pathOf('tenants', tenant, 'proposals', id), answers.proposalView, { signal, isLong: true }),
  });

export const coachingQuery = (tenant: string, parameters: Parameters) =>
  queryOptions({
    queryKey: ['coaching', tenant, parameters],
    queryFn: ({ signal }) =>
      ask(`${pathOf('tenants', tenant, 'coaching')}${queryOf(parameters)}`, answers.coaching, {
        signal,
        isLong: true,
      }),
    // Never the counts of another question meanwhile, or of another tenant.
  });

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => ask('tokens', answers.tokens, { signal }),
});
