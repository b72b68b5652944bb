import { closeAll, Log, openStore } from '@sealtrail/store';
import { AccessLog, type AccessType } from './access/access-log.ts';
import type { Signed } from './access/identity.ts';
import { type NewToken, newTokenSchema, recordOf, Tokens } from './access/tokens.ts';
import { openServiceData } from './data/open.ts';
import type { TokenList, TokenRow } from './data/port.ts';
import { parse } from './http/parse.ts';

/** Tokens as whoever has the machine manages them: there is nobody else to make the first one. */
export interface CommandTokens {
  /** @returns the token's text, which is not kept anywhere */
  create(wanted: NewToken): Promise<{ readonly token: Omit<TokenRow, 'hash'>; readonly text: string }>;
  list(): Promise<TokenList<Omit<TokenRow, 'hash'>>>;
  /** Revokes a token and all that were made with it; the row of a damaged one is taken away. @throws SealtrailError `not_found` */
  revoke(id: string): Promise<void>;
  close(): Promise<void>;
}

const COMMAND_LINE: Signed = {
  id: 'command-line',
  name: 'command line',
  role: 'admin',
  scope: { tenants: 'all' },
  method: 'shell',
  expires: null,
  by: 'host',
};

/**
 * Opens the tokens of a store's service. Making and revoking one is an entry of the access log here as well.
 *
 * @throws SealtrailError as `createService`; `create` also `request_invalid` for a token that cannot be
 */
export async function openTokens(location: string): Promise<CommandTokens> {
  const store = await openStore(location, { create: false });
  const log = new Log(store);
  const data = await openServiceData(location).catch(async (error) => {
    await closeAll([() => log.close(), () => store.close()]).catch(() => {});
    throw error;
  });
  const tokens = new Tokens(data);
  const access = new AccessLog(log);
  const record = (type: AccessType, token: Parameters<typeof recordOf>[0]): Promise<void> =>
    access.record({ type, by: COMMAND_LINE, ...recordOf(token) });
  return {
    create: async (wanted) => {
      const parsed = parse(newTokenSchema, wanted, 'token');
      const made = await tokens.create(parsed, COMMAND_LINE, (one) => record('access.token_created', one));
      return { token: shown(made.token), text: made.text };
    },
    list: async () => {
      const all = await tokens.list();
      return { ...all, tokens: all.tokens.map(shown) };
    },
    revoke: async (id) => {
      for (const one of await tokens.revoke(id, () => true)) await record('access.token_revoked', one);
    },
    close: () => closeAll([() => log.close(), () => data.close(), () => store.close()]),
  };
}

const shown = ({ hash: _, ...token }: TokenRow) => token;
