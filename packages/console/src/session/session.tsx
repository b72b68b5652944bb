import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import * as answers from '../api/answers.ts';
import { ask, ServiceError, tell, whenSignedOut } from '../api/client.ts';
import { isNotMe, meQuery } from '../api/queries.ts';
import { ErrorNote, Loading } from '../parts/states.tsx';
import { forgetLinkToken, linkToken } from './link-token.ts';
import { SignIn } from './sign-in.tsx';

const Session = createContext<answers.Me | undefined>(undefined);

/** Who is signed in. Only below {@link SignedIn}. */
export function useMe(): answers.Me {
  const me = useContext(Session);
  if (me === undefined) throw new Error('nobody is signed in');
  return me;
}

/** Signs in with a token: the service keeps it in a cookie that no script can read. */
export function useSignIn(): (token: string) => Promise<void> {
  const queries = useQueryClient();
  return async (token) => {
    const me = await ask('session', answers.me, { method: 'POST', body: { token } });
    forgetAnswers(queries);
    queries.setQueryData(meQuery.queryKey, me);
  };
}

export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    try {
      await tell('session', { method: 'DELETE' });
    } catch (error) {
      // Who is not signed in any more wanted nothing else.
      if (!(error instanceof ServiceError && error.status === 401)) throw error;
    }
    queries.clear();
    window.location.hash = '#/';
    window.location.reload();
  };
}

/** Forgets what was shown to somebody else than who comes now. */
function forgetAnswers(queries: QueryClient): void {
  queries.removeQueries({ predicate: isNotMe });
}

/** Whether somebody was signed in and is not any more: the service says so in answer to whatever is asked. */
function useEnd(): boolean {
  const queries = useQueryClient();
  const [hasEnded, setEnded] = useState(false);
  useEffect(() => {
    whenSignedOut(() => {
      if (!queries.getQueryData(meQuery.queryKey)) return;
      setEnded(true);
      forgetAnswers(queries);
      queries.setQueryData(meQuery.queryKey, null);
    });
  }, [queries]);
  return hasEnded;
}

/** Shows its children to who is signed in, and the way in to everybody else. */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const link = useLink();
  const hasEnded = useEnd();
  const { data: me, error, refetch } = useQuery({ ...meQuery, enabled: link !== 'exchanging' });
  if (link === 'exchanging') return <Loading what="Opening the link" />;
  // Who was signed in still is, as far as anybody knows, where that is asked again and not answered.
  if (error && me === undefined) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (me === undefined) return <Loading what="Signing in" />;
  if (me === null) return <SignIn problem={link} hasEnded={hasEnded} />;
  return (
    <Session key={JSON.stringify(me)} value={me}>
      {children}
    </Session>
  );
}

/** Exchanges the token of an auditor's link, once. */
function useLink(): 'exchanging' | Error | undefined {
  const signIn = useSignIn();
  const [state, setState] = useState<'exchanging' | Error | undefined>(() =>
    linkToken() === undefined ? undefined : 'exchanging',
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a link is exchanged once, when the page is opened
  useEffect(() => {
    const token = linkToken();
    if (token === undefined) return;
    forgetLinkToken();
    signIn(token).then(
      () => setState(undefined),
      (error: Error) => setState(error),
    );
  }, []);
  return state;
}
