import { SealtrailError } from '@sealtrail/format';
import type { Signed } from '../access/identity.ts';
import { isWithin, notFound } from '../access/permissions.ts';
import { newTokenSchema } from '../access/tokens.ts';
import type { TokenRow } from '../data/port.ts';
import { type Call, type Route, route } from '../http/route.ts';
import { createdToken, idParams, tokenList } from '../http/schemas.ts';

export const tokenRoutes: readonly Route[] = [
  route({
    name: 'tokens',
    method: 'GET',
    path: '/tokens',
    summary: 'The tokens whose scope lies within one’s own, newest first.',
    right: 'tokens',
    answer: tokenList,
    handle: async ({ parts, signed }) => {
      const { tokens, damaged } = await parts.tokens.list();
      const within = tokens.filter((one) => isWithin(one.scope, signed.scope));
      // Nobody knows what those see: they are told to who sees everything.
      const told = signed.scope.tenants === 'all' ? damaged : [];
      return { body: { tokens: within.map(shown), damaged: told } };
    },
  }),
  route({
    name: 'create_token',
    method: 'POST',
    path: '/tokens',
    summary:
      'Makes a token, which ends with the one that it is made with, if not before. Its text is in this answer and nowhere else.',
    right: 'tokens',
    body: newTokenSchema,
    answer: createdToken,
    status: 201,
    handle: async (call) => {
      const { parts, signed, body } = call;
      if (!isWithin(body.scope, signed.scope)) {
        throw new SealtrailError('forbidden', 'a token cannot see more than whoever makes it');
      }
      const { token, text } = await parts.tokens.create(body, signed, async (made) => {
        await recordToken(call, 'access.token_created', made);
      });
      const link = body.role === 'auditor' ? { link: `${baseOf(call)}/#token=${text}` } : {};
      return { body: { ...shown(token), token: text, ...link } };
    },
  }),
  route({
    name: 'revoke_token',
    method: 'DELETE',
    path: '/tokens/:id',
    summary: 'Revokes a token and all that were made with it, at once and for good.',
    right: 'tokens',
    params: idParams,
    status: 204,
    handle: async (call) => {
      const { parts, signed, params } = call;
      const token = await parts.tokens.get(params.id);
      if (token === undefined || !isWithin(token.scope, signed.scope)) throw notFound();
      // First revoked, then recorded: a log that cannot be written must not keep a stolen token alive.
      for (const one of await parts.tokens.revoke(token))
        await recordToken(call, 'access.token_revoked', one);
      return {};
    },
  }),
];

const shown = ({ hash: _, ...token }: TokenRow) => token;

type AnyCall = Pick<Call<never, never, never>, 'parts' | 'context'> & { readonly signed: Signed };

async function recordToken(
  { parts, signed }: AnyCall,
  type: 'access.token_created' | 'access.token_revoked',
  { id, name, role, scope, expires }: TokenRow,
): Promise<void> {
  const about = { token: id, role, scope: JSON.stringify(scope), expires };
  // The name may be a person's.
  await parts.access.record({ type, by: signed, data: about, sealed: { name } });
}

/** Where the console is, as browsers see it. */
function baseOf({ parts: { options }, context }: AnyCall): string {
  return `${options.origin ?? new URL(context.req.url).origin}${options.path}`;
}
