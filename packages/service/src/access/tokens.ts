import { isReference, isTime, SealtrailError } from '@sealtrail/format';
import { z } from 'zod';
import type { ServiceData, SessionRow, TokenList, TokenRow } from '../data/port.ts';
import type { Access } from './access-log.ts';
import { ROLES, type Signed, scopeSchema } from './identity.ts';
import { hasRight, isWithin, notFound } from './permissions.ts';
import { isSameHash, newSecret, readSecret } from './secret.ts';

/** How long a browser stays signed in, in milliseconds. */
const SESSION_MS = 12 * 3_600_000;
/** A token lasts at most so long, in milliseconds. */
const MAX_LIFE_MS = 400 * 86_400_000;

export const newTokenSchema = z.strictObject({
  /** For the list of tokens: whose it is, or what for. */
  name: z.custom<string>(isReference, '1 to 256 bytes without control characters'),
  role: z.enum(ROLES),
  scope: scopeSchema,
  expires: z
    .custom<string>(isTime, 'a UTC time such as 2026-01-31T12:00:00.000Z')
    .refine((time) => Date.parse(time) > Date.now(), 'the time has passed')
    .refine((time) => Date.parse(time) <= Date.now() + MAX_LIFE_MS, 'at most 400 days from now'),
});
export type NewToken = z.output<typeof newTokenSchema>;

/** What came of a secret that somebody sent. */
export type Checked =
  | { readonly ok: true; readonly signed: Signed }
  | { readonly ok: false; readonly why: 'unauthenticated' | 'token_expired' | 'token_revoked' };

/** A token that was revoked; of a damaged one there is nothing but its id. */
type Revoked = TokenRow | Pick<TokenRow, 'id'>;

const UNKNOWN: Checked = { ok: false, why: 'unauthenticated' };
const NO_HASH = '0'.repeat(64);

/** Tokens, and the browsers that were signed in with one. */
export class Tokens {
  readonly #data: ServiceData;

  constructor(data: ServiceData) {
    this.#data = data;
  }

  /**
   * Makes a token. One that is made with another token ends with it, if not before: nobody gives away more than they have.
   *
   * @param by who makes it; with a token, or signed in by the host or the command line, whose access has no end of its own
   * @param witness told before the token holds; what it throws leaves no token behind
   * @returns the token as it is kept, and the only copy of its text
   * @throws SealtrailError `token_revoked` when the maker's token is revoked meanwhile
   */
  async create(
    wanted: NewToken,
    by: Pick<Signed, 'id' | 'token'>,
    witness: (token: TokenRow) => Promise<void>,
  ): Promise<{ readonly token: TokenRow; readonly text: string }> {
    const { id, hash, text } = newSecret('st');
    const created = new Date().toISOString();
    const maker = by.token === undefined ? undefined : await this.#maker(by.token);
    const expires = maker !== undefined && maker.expires < wanted.expires ? maker.expires : wanted.expires;
    const token: TokenRow = { id, hash, ...wanted, expires, created, created_by: by.id, revoked: null };
    await witness(token);
    await this.#data.addToken(token);
    // Whoever revokes the maker's looks for what was made with it: either they find this one, or it finds the maker's revoked.
    if (by.token !== undefined) {
      await this.#maker(by.token).catch(async (error) => {
        await this.#data.revokeToken(id, new Date().toISOString());
        throw error;
      });
    }
    return { token, text };
  }

  async #maker(id: string): Promise<TokenRow> {
    const maker = await this.#data.token(id);
    if (maker === undefined || maker.revoked !== null) {
      throw new SealtrailError('token_revoked', 'the token that this one was to be made with was revoked');
    }
    return maker;
  }

  list(): Promise<TokenList> {
    return this.#data.tokens();
  }

  /**
   * Revokes a token and every one that was made with it, or with one of these: whoever stole it may have made some. Who made a damaged
   * one is not known, so what was made with that goes as well, unless it sees or outlasts more than this token. A call that fails on the
   * way is made again.
   *
   * @param may whether whoever asks may revoke it; asked with undefined about a damaged one, of which nothing is known
   * @returns what was revoked now, that token first
   * @throws SealtrailError `not_found`
   */
  async revoke(id: string, may: (token: TokenRow | undefined) => boolean): Promise<readonly Revoked[]> {
    const { tokens, damaged } = await this.#data.tokens();
    const token = tokens.find((one) => one.id === id);
    if ((token === undefined && !damaged.includes(id)) || !may(token)) throw notFound();
    if (token !== undefined) await this.#data.revokeToken(id, new Date().toISOString());
    const revoked: Revoked[] = [token ?? { id }];
    const heirs = async () => heirsOf(id, token, await this.#data.tokens());
    for (let next = await heirs(); next.length > 0; next = await heirs()) {
      for (const one of next) await this.#data.revokeToken(one.id, new Date().toISOString());
      revoked.push(...next);
    }
    // At the end: a call that fails on the way has to find it again.
    if (token === undefined) await this.#data.removeToken(id);
    return revoked;
  }

  /** Says whose token this is. Why one is refused is told only to somebody who has it. */
  async check(text: string): Promise<Checked> {
    const secret = readSecret('st', text);
    if (secret === undefined) return UNKNOWN;
    const token = await this.#data.token(secret.id);
    if (!isSameHash(secret.hash, token?.hash ?? NO_HASH) || token === undefined) return UNKNOWN;
    return signedBy(token, { by: 'token', method: 'token' });
  }

  /** Signs a browser in with a token that was checked. @returns the text of its cookie */
  async signIn({
    token = '',
    expires,
  }: Signed): Promise<{ readonly text: string; readonly expires: string }> {
    const { id, hash, text } = newSecret('ss');
    const created = new Date();
    await this.#data.removeSessionsBefore(created.toISOString());
    const end = new Date(created.getTime() + SESSION_MS).toISOString();
    const session: SessionRow = {
      id,
      hash,
      token,
      created: created.toISOString(),
      expires: expires !== null && expires < end ? expires : end,
    };
    await this.#data.addSession(session);
    return { text, expires: session.expires };
  }

  async checkSession(text: string): Promise<Checked> {
    const secret = readSecret('ss', text);
    if (secret === undefined) return UNKNOWN;
    const session = await this.#data.session(secret.id);
    if (!isSameHash(secret.hash, session?.hash ?? NO_HASH) || session === undefined) return UNKNOWN;
    if (session.expires <= new Date().toISOString()) return { ok: false, why: 'token_expired' };
    const token = await this.#data.token(session.token);
    if (token === undefined) return UNKNOWN;
    const { id, expires } = session;
    return signedBy(token, { by: 'session', method: 'token+cookie', session: id, until: expires });
  }

  async signOut(session: string): Promise<void> {
    await this.#data.removeSession(session);
  }
}

/** What the access log says of a token. Its name may be a person's. */
export function recordOf(token: Revoked): Pick<Access, 'data' | 'sealed'> {
  const { id } = token;
  if (!('hash' in token)) return { data: { token: id, damaged: true } };
  const { role, scope, expires, name } = token;
  return { data: { token: id, role, scope: JSON.stringify(scope), expires }, sealed: { name } };
}

/**
 * Those made with a token, or with one that was made with it, that still hold. Also below one that was revoked before.
 *
 * @param token undefined for a damaged one
 */
function heirsOf(id: string, token: TokenRow | undefined, { tokens, damaged }: TokenList): TokenRow[] {
  const makers = new Set([id]);
  const isHeir = ({ created_by, ...one }: TokenRow): boolean =>
    makers.has(created_by) || (token !== undefined && damaged.includes(created_by) && couldCome(one, token));
  for (let size = 0; size < makers.size; ) {
    size = makers.size;
    for (const one of tokens) if (isHeir(one)) makers.add(one.id);
  }
  return tokens.filter((one) => one.revoked === null && isHeir(one));
}

/** Whether a token could have been made with another one, or with what was: it sees no more and ends no later. */
function couldCome({ scope, expires }: Pick<TokenRow, 'scope' | 'expires'>, from: TokenRow): boolean {
  return hasRight(from, 'tokens') && isWithin(scope, from.scope) && expires <= from.expires;
}

function signedBy(
  { id, name, role, scope, expires, revoked }: TokenRow,
  { until = expires, ...how }: Pick<Signed, 'by' | 'method' | 'session'> & { readonly until?: string },
): Checked {
  if (revoked !== null) return { ok: false, why: 'token_revoked' };
  if (expires <= new Date().toISOString()) return { ok: false, why: 'token_expired' };
  return { ok: true, signed: { id, name, role, scope, expires: until, token: id, ...how } };
}
