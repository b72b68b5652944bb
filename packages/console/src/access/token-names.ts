import { useQuery } from '@tanstack/react-query';
import { tokensQuery } from '../api/queries.ts';
import { useMe } from '../session/session.tsx';

/** The names of tokens by their ids, for those who may know them. */
export function useTokenNames(): ReadonlyMap<string, string> {
  const { role, scope } = useMe();
  const { data } = useQuery({ ...tokensQuery, enabled: role === 'admin' && scope.record === undefined });
  return new Map(data?.tokens.map(({ id, name }) => [id, name]));
}
