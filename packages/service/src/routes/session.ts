import { deleteCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { COOKIE } from '../access/authenticate.ts';
import { keyOf, type Signed } from '../access/identity.ts';
import { addressOf } from '../http/bind.ts';
import { type Call, type Route, route } from '../http/route.ts';
import { me } from '../http/schemas.ts';

const shown = ({ name, role, scope, expires }: Signed) => ({ name, role, scope, expires });

export const sessionRoutes: readonly Route[] = [
  route({
    name: 'me',
    method: 'GET',
    path: '/me',
    summary: 'Who is signed in, and what they may see.',
    right: 'record',
    answer: me,
    handle: async ({ signed }) => ({ body: shown(signed) }),
  }),
  route({
    name: 'sign_in',
    method: 'POST',
    path: '/session',
    summary: 'Exchanges a token for the cookie of the console.',
    right: 'public',
    body: z.strictObject({ token: z.string().max(200) }),
    answer: me,
    handle: async ({ parts, body, context }) => {
      const { door, tokens, access, options, requests } = parts;
      const signed = await door.admit(await tokens.check(body.token), addressOf(context, options));
      await requests.take(keyOf(signed));
      await access.record({ type: 'access.signed_in', by: signed });
      const { text, expires } = await tokens.signIn(signed);
      setCookie(context, COOKIE, text, { ...cookieOf({ parts, context }), expires: new Date(expires) });
      return { body: shown({ ...signed, expires }) };
    },
  }),
  route({
    name: 'sign_out',
    method: 'DELETE',
    path: '/session',
    summary: 'Ends the session of the cookie.',
    right: 'record',
    status: 204,
    handle: async ({ parts, signed, context }) => {
      if (signed.session !== undefined) await parts.tokens.signOut(signed.session);
      deleteCookie(context, COOKIE, cookieOf({ parts, context }));
      return {};
    },
  }),
];

/** Not for scripts, not for other sites, not for other paths of the host, and not in the clear where there is TLS. */
function cookieOf({ parts: { options }, context }: Pick<Call<never, never, never>, 'parts' | 'context'>) {
  const origin = options.origin ?? context.req.url;
  const secure = origin.startsWith('https:');
  return { httpOnly: true, sameSite: 'Strict', secure, path: options.path || '/' } as const;
}
