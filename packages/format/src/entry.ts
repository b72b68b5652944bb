import { canonicalize, type JsonObject, MAX_DEPTH } from './canonical.ts';
import { SealtrailError } from './errors.ts';
import { type Hash, isHash, leafHash, ZERO_HASH } from './hash.ts';
import { isEntryType, isFieldName, isName, isPosition, isReference, isTime, isWord } from './names.ts';
import { isCanonical } from './recognise.ts';
import { fitsUtf8 } from './text.ts';

/** The format version that this package writes and reads (SPEC 3, member `v`). */
export const FORMAT_VERSION = 1;
export const MAX_ENTRY_BYTES = 65_535;
export const MAX_TARGETS = 256;
export const MAX_SEALED = 64;

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

export const GENESIS_TYPE = 'log.started';
export const GENESIS_ID = 'genesis';

/** The entry at position 0: it follows from tenant and registration time, so every process makes the same. */
export function genesisEntry(tenant: string, time: string): Entry {
  return {
    v: FORMAT_VERSION,
    tenant,
    seq: 0,
    prev: ZERO_HASH,
    time,
    id: GENESIS_ID,
    type: GENESIS_TYPE,
    actor: { type: 'system', id: 'sealtrail' },
    targets: [],
    data: { format: 'sealtrail/1' },
    sealed: {},
  };
}

/** Hash of an entry's canonical text: the chain's link and the leaf of its segment's tree. */
export const entryHash: (text: string) => Hash = leafHash;

/**
 * The canonical text of an entry, checked by the rules that a reader applies.
 *
 * @throws SealtrailError `value_not_json`, `value_too_deep`, `entry_malformed`, `entry_too_large`
 */
export function encodeEntry(entry: Entry): string {
  const text = canonicalize(entry);
  if (!fitsUtf8(text, MAX_ENTRY_BYTES)) {
    throw new SealtrailError('entry_too_large', `the entry is larger than ${MAX_ENTRY_BYTES} bytes`);
  }
  readEntry(text);
  return text;
}

/**
 * Reads an entry from its stored text, which is attacker-controlled: canonical form, size, exactly the members of the
 * format, each by its rule.
 *
 * @throws SealtrailError `entry_malformed`, or `entry_version` for a version that this package does not know
 */
export function readEntry(text: string): Entry {
  if (!fitsUtf8(text, MAX_ENTRY_BYTES)) throw malformed(`larger than ${MAX_ENTRY_BYTES} bytes`);
  if (!isCanonical(text, MAX_DEPTH)) throw malformed('not canonical JSON');
  const value = JSON.parse(text) as Partial<Record<keyof Entry, unknown>> | null;
  if (!isObject(value)) throw malformed('not an object');
  if (value.v !== FORMAT_VERSION) {
    if (!isPosition(value.v)) throw malformed('v is not a version');
    throw new SealtrailError('entry_version', `format version ${value.v} is not known`, { version: value.v });
  }
  if (Object.keys(value).length !== MEMBERS)
    throw malformed(`not exactly the ${MEMBERS} members of an entry`);
  if (!isName(value.tenant)) throw malformed('tenant is not a name');
  if (!isPosition(value.seq)) throw malformed('seq is not a position');
  if (!isHash(value.prev)) throw malformed('prev is not a hash');
  if (!isTime(value.time)) throw malformed('time is not an instant of the form YYYY-MM-DDTHH:MM:SS.sssZ');
  if (!isName(value.id)) throw malformed('id is not a name');
  if (!isEntryType(value.type)) throw malformed('type is not an entry type');
  checkActor(value.actor);
  checkTargets(value.targets);
  if (!isObject(value.data)) throw malformed('data is not an object');
  checkSealed(value.sealed);
  return value as Entry;
}

const MEMBERS = 11;

function checkActor(actor: unknown): void {
  if (!isObject(actor)) throw malformed('actor is not an object');
  if (!isActorType(actor['type']) || !isReference(actor['id']))
    throw malformed('actor lacks a type or an id');
  for (const name of Object.keys(actor)) {
    const value = actor[name];
    switch (name) {
      case 'type':
      case 'id':
        continue;
      case 'role':
      case 'session_id':
      case 'auth_method':
      case 'agent_version':
      case 'model':
        if (!isReference(value)) throw malformed(`actor.${name} is not a reference`);
        continue;
      case 'prompt_hash':
        if (!isHash(value)) throw malformed('actor.prompt_hash is not a hash');
        continue;
      case 'on_behalf_of':
        if (!isObject(value) || Object.keys(value).length !== 2) throw malformed('actor.on_behalf_of');
        if (!isActorType(value['type']) || !isReference(value['id'])) throw malformed('actor.on_behalf_of');
        continue;
      default:
        throw malformed('actor has an unknown member');
    }
  }
}

function checkTargets(targets: unknown): void {
  if (!Array.isArray(targets) || targets.length > MAX_TARGETS) {
    throw malformed(`targets is not an array of at most ${MAX_TARGETS}`);
  }
  for (const target of targets) {
    if (!isObject(target) || Object.keys(target).length !== 2) throw malformed('a target is not {type, id}');
    if (!isWord(target['type']) || !isReference(target['id'])) throw malformed('a target is not {type, id}');
  }
  // The type is a word, so the space keeps the two parts apart.
  if (targets.length > 1 && new Set(targets.map((t) => `${t.type} ${t.id}`)).size !== targets.length) {
    throw malformed('a target occurs twice');
  }
}

function checkSealed(sealed: unknown): void {
  if (!isObject(sealed)) throw malformed('sealed is not an object');
  const fields = Object.keys(sealed);
  if (fields.length > MAX_SEALED) throw malformed(`more than ${MAX_SEALED} sealed fields`);
  for (const field of fields) {
    if (!isFieldName(field)) throw malformed('a sealed field has no valid name');
    if (!isHash(sealed[field])) throw malformed('a sealed field is not a commitment');
  }
}

function isActorType(value: unknown): value is ActorType {
  return value === 'user' || value === 'agent' || value === 'system' || value === 'api_token';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(why: string): SealtrailError {
  return new SealtrailError('entry_malformed', `the entry is malformed: ${why}`);
}
