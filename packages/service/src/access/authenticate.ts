import { SealtrailError } from '@sealtrail/format';
import type { Limiter } from '../http/limiter.ts';
import type { CompleteOptions } from '../options.ts';
import { identitySchema, type Signed } from './identity.ts';
import type { Checked, Tokens } from './tokens.ts';

export const COOKIE = 'sealtrail_session';
/** The header that says: a script of the page itself asks, not a form somewhere else. */
const HEADER = 'sealtrail-request';

const BEARER = /^Bearer ([A-Za-z0-9_-]{1,200})$/i;

/** Finds out who asks: by a token, the console's cookie, or the host's own sign-in. */
export class Door {
  readonly #tokens: Tokens;
  readonly #failures: Limiter;
  readonly #authenticate: CompleteOptions['authenticate'];

  constructor(tokens: Tokens, failures: Limiter, authenticate: CompleteOptions['authenticate']) {
    this.#tokens = tokens;
    this.#failures = failures;
    this.#authenticate = authenticate;
  }

  /**
   * @param cookie the cookie of the service, if there is one
   * @throws SealtrailError `unauthenticated`, `token_expired`, `token_revoked`, `request_too_many`, `forbidden` for what a
   *   page of another site asks, `header_missing`
   */
  async open(request: Request, cookie: string | undefined, address: string): Promise<Signed> {
    const authorization = request.headers.get('authorization');
    // Whoever brings a token means it: nothing else is tried when it does not hold.
    if (authorization !== null) {
      return this.admit(await this.#tokens.check(BEARER.exec(authorization)?.[1] ?? ''), address);
    }
    const checked = cookie === undefined ? undefined : await this.#tokens.checkSession(cookie);
    // A cookie that has ended is no reason to refuse somebody whom the host knows.
    const signed =
      checked?.ok === true
        ? checked.signed
        : ((await this.#byHost(request)) ?? (await this.admit(checked, address)));
    // A browser sends cookies by itself, also for an image or a link in a page of another site: whoever is shown that page would be
    // said to have looked at whatever it names.
    if (request.headers.get('sec-fetch-site') === 'cross-site') {
      throw new SealtrailError('forbidden', 'a page of another site asks for this');
    }
    // Nor can a form send a header, which also keeps out those browsers that do not say where a request comes from.
    if (request.method !== 'GET' && request.method !== 'HEAD' && request.headers.get(HEADER) !== '1') {
      throw new SealtrailError('header_missing', 'send the header Sealtrail-Request: 1');
    }
    return signed;
  }

  /**
   * Lets whoever is known in, always: nobody is locked out by others who fail at the same address. Guessing 256 bits is hopeless
   * with or without a limit; what it keeps small is the load and the log.
   */
  async admit(checked: Checked | undefined, address: string): Promise<Signed> {
    if (checked?.ok === true) return checked.signed;
    // Nobody who asks without a secret, or with one that has ended, is guessing.
    if (checked?.why === 'unauthenticated') await this.#failures.take(address);
    throw refused(checked?.why ?? 'unauthenticated');
  }

  async #byHost(request: Request): Promise<Signed | undefined> {
    const identity = (await this.#authenticate?.(request)) ?? null;
    if (identity === null) return undefined;
    const parsed = identitySchema.safeParse(identity);
    if (!parsed.success) {
      throw new SealtrailError('config_invalid', 'authenticate() did not return an identity', {
        path: parsed.error.issues[0]?.path.join('.'),
      });
    }
    const { expires } = parsed.data;
    if (expires !== null && expires <= new Date().toISOString()) throw refused('token_expired');
    return { ...parsed.data, by: 'host' };
  }
}

const REFUSALS = {
  unauthenticated: 'sign in first',
  token_expired: 'this sign-in has expired',
  token_revoked: 'this token was revoked',
} as const;

function refused(why: keyof typeof REFUSALS): SealtrailError {
  return new SealtrailError(why, REFUSALS[why]);
}
