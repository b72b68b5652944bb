import type { JsonObject } from './canonical.ts';
import type { Hash } from './hash.ts';

/** The format version that this package writes and reads (SPEC 3, member `v`). */
export const FORMAT_VERSION = 1;
/** The longest text of an entry: what a tile of a published log has room for. */
export const MAX_ENTRY_BYTES = 65_535;
/** Records that one entry can be about. */
export const MAX_TARGETS = 256;
/** Sealed values of one entry. */
export const MAX_SEALED = 64;

/** What an actor can be. */
export const ACTOR_TYPES = ['user', 'agent', 'system', 'api_token'] as const;
export type ActorType = (typeof ACTOR_TYPES)[number];

/** Who acted. Identifiers only: names of people belong in a sealed field. */
export interface Actor {
  readonly type: ActorType;
  readonly id: string;
  readonly role?: string;
  readonly session_id?: string;
  /** How the host authenticated the actor, for example `sso` or `password+totp`. */
  readonly auth_method?: string;
  readonly agent_version?: string;
  readonly model?: string;
  readonly prompt_hash?: Hash;
  readonly on_behalf_of?: { readonly type: ActorType; readonly id: string };
}

/** A record that an entry is about. */
export interface Target {
  readonly type: string;
  readonly id: string;
}

/** One entry of a log, SPEC 3. */
export interface Entry {
  readonly v: typeof FORMAT_VERSION;
  readonly tenant: string;
  readonly seq: number;
  readonly prev: Hash;
  readonly time: string;
  readonly id: string;
  readonly type: string;
  readonly actor: Actor;
  readonly targets: readonly Target[];
  readonly data: JsonObject;
  readonly sealed: { readonly [field: string]: Hash };
}
