import { SealtrailError } from '@sealtrail/format';
import type { Signed } from '../access/identity.ts';
import { isWithin } from '../access/permissions.ts';
import { newTokenSchema, recordOf } from '../access/tokens.ts';
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
      // Nobody knows what a damaged one sees: it is for who sees everything.
      const revoked = await parts.tokens.revoke(params.id, (token) =>
        isWithin(token?.scope ?? { tenants: 'all' }, signed.scope),
      );
      // First revoked, then recorded: a log that cannot be written must not keep a stolen token alive.
      for (const one of revoked) await recordToken(call, 'access.token_revoked', one);
      return {};
    },
  }),
];

const shown = ({ hash: _, ...token }: TokenRow) => token;

type AnyCall = Pick<Call<never, never, never>, 'parts' | 'context'> & { readonly signed: Signed };

async function recordToken(
  { parts, signed }: AnyCall,
  type: 'access.token_created' | 'access.token_revoked',
  token: Parameters<typeof recordOf>[0],
): Promise<void> {
  await parts.access.record({ type, by: signed, ...recordOf(token) });
}

/** Where the console is, as browsers see it. */
function baseOf({ parts: { options }, context }: AnyCall): string {
  return `${options.origin ?? new URL(context.req.url).origin}${options.path}`;
}
