import { useInfiniteQuery } from '@tanstack/react-query';
import { recordPage } from '../api/answers.ts';
import { ask, pathOf, queryOf } from '../api/client.ts';

const PAGE = 200;

export interface RecordName {
  readonly tenant: string;
  readonly type: string;
  readonly id: string;
}

/** A record's history, oldest first, as many pages of it as were asked for. */
export function useHistory({ tenant, type, id }: RecordName) {
  return useInfiniteQuery({
    queryKey: ['record', tenant, type, id],
    queryFn: ({ pageParam, signal }) =>
      ask(
        `${pathOf('tenants', tenant, 'records', type, id)}${queryOf({ limit: PAGE, cursor: pageParam })}`,
        recordPage,
        {
          signal,
          isLong: true,
        },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  });
}
