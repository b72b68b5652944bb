import {
  type Actor,
  isSealtrailError,
  type JsonObject,
  SealtrailError,
  type Target,
} from '@sealtrail/format';
import { type EntryDraft, type Log, newId } from '@sealtrail/store';
import type { Signed } from './identity.ts';

/** The tenant whose log says who saw what. */
const ACCESS_TENANT = '~access';

export type AccessType =
  | 'access.viewed'
  | 'access.exported'
  | 'access.verified'
  | 'access.signed_in'
  | 'access.token_created'
  | 'access.token_revoked';

/** What somebody did, without what they saw. */
export interface Access {
  readonly type: AccessType;
  readonly by: Signed;
  /** The tenant whose log it was about. */
  readonly tenant?: string | undefined;
  readonly record?: Target | undefined;
  readonly data?: JsonObject | undefined;
  readonly sealed?: EntryDraft['sealed'];
}

const ATTEMPTS = 3;

/**
 * Writes down who saw what, in a log like every other. Many at once are committed together. Whoever asks gets the answer only
 * once its entry is durable: a view that cannot be recorded does not happen.
 */
export class AccessLog {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @throws SealtrailError `access_unrecorded` */
  async record(access: Access): Promise<void> {
    const draft = draftOf(access);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#log.append(ACCESS_TENANT, draft);
        return;
      } catch (cause) {
        // Whether it was written is not known: with the same id it cannot be written twice.
        if (isSealtrailError(cause, 'store_unavailable') && attempt < ATTEMPTS) continue;
        const message = 'who sees this cannot be recorded now, so nobody does';
        throw new SealtrailError('access_unrecorded', message, {}, { cause });
      }
    }
  }
}

function draftOf({ type, by, tenant, record, data, sealed }: Access): EntryDraft {
  const targets: Target[] = [];
  if (tenant !== undefined) targets.push({ type: 'tenant', id: tenant });
  // A CRM may have records of that name, and an entry names each of its targets once.
  if (record !== undefined && !(record.type === 'tenant' && record.id === tenant)) {
    targets.push({ type: record.type, id: record.id });
  }
  return {
    id: `access:${newId()}`,
    type,
    actor: actorOf(by),
    targets,
    data: { ...(tenant === undefined ? {} : { tenant }), ...data },
    sealed,
  };
}

function actorOf({ by, id, role, method, session }: Signed): Actor {
  const actor = { id, role, auth_method: method };
  if (by === 'host') return { type: 'user', ...actor };
  return { type: 'api_token', ...actor, ...(session === undefined ? {} : { session_id: session }) };
}
