import { MAX_DEPTH } from './canonical.ts';
import {
  ACTOR_TYPES,
  type ActorType,
  FORMAT_VERSION,
  MAX_ENTRY_BYTES,
  MAX_SEALED,
  MAX_TARGETS,
  type Target,
} from './entry-types.ts';
import { SealtrailError } from './errors.ts';
import { isHash } from './hash.ts';
import { isEntryType, isFieldName, isName, isPosition, isReference, isTime, isWord } from './names.ts';
import { isCanonical } from './recognise.ts';
import { fitsUtf8 } from './text.ts';

// The rules of SPEC 3 on parsed values. Entries that are good are recognised without them (entry-scan.ts), but for actors
// and targets; of one that is not, they say why.

/** What is wrong with an actor; undefined if nothing is. */
export function readActor(actor: unknown): string | undefined {
  if (!isObject(actor)) return 'actor is not an object';
  if (!isActorType(actor['type']) || !isReference(actor['id'])) return 'actor lacks a type or an id';
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
        if (!isReference(value)) return `actor.${name} is not a reference`;
        continue;
      case 'prompt_hash':
        if (!isHash(value)) return 'actor.prompt_hash is not a hash';
        continue;
      case 'on_behalf_of':
        if (!isObject(value) || Object.keys(value).length !== 2)
          return 'actor.on_behalf_of is not {type, id}';
        if (!isActorType(value['type']) || !isReference(value['id']))
          return 'actor.on_behalf_of is not {type, id}';
        continue;
      default:
        return 'actor has an unknown member';
    }
  }
  return undefined;
}

/** The targets, or what is wrong with them. */
export function readTargets(targets: unknown): readonly Target[] | string {
  if (!Array.isArray(targets) || targets.length > MAX_TARGETS) {
    return `targets is not an array of at most ${MAX_TARGETS}`;
  }
  for (const target of targets) {
    if (!isObject(target) || Object.keys(target).length !== 2) return 'a target is not {type, id}';
    if (!isWord(target['type']) || !isReference(target['id'])) return 'a target is not {type, id}';
  }
  // The type is a word, so the space keeps the two parts apart.
  if (targets.length > 1 && new Set(targets.map((t) => `${t.type} ${t.id}`)).size !== targets.length) {
    return 'a target occurs twice';
  }
  return targets;
}

export function isSealed(sealed: unknown): boolean {
  return sealedFault(sealed) === undefined;
}

function sealedFault(sealed: unknown): string | undefined {
  if (!isObject(sealed)) return 'sealed is not an object';
  const fields = Object.keys(sealed);
  if (fields.length > MAX_SEALED) return `more than ${MAX_SEALED} sealed fields`;
  if (!fields.every(isFieldName)) return 'a sealed field has no valid name';
  if (!fields.every((field) => isHash(sealed[field]))) return 'a sealed field is not a commitment';
  return undefined;
}

const MEMBERS = 11;
/** Another version may allow larger entries, so the version comes first; but not for a text that no bundle could carry. */
const MAX_PARSED_CHARACTERS = 8_388_608;

/** Why a text is not an entry of this version: `entry_malformed` or `entry_version`. */
export function explainEntry(text: string): SealtrailError {
  if (text.length > MAX_PARSED_CHARACTERS) return tooLarge();
  if (!isCanonical(text, MAX_DEPTH)) return malformed('not canonical JSON');
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) return malformed('not an object');
  const version = value['v'];
  if (version !== FORMAT_VERSION) {
    if (!Number.isInteger(version)) return malformed('v is not a version');
    return new SealtrailError('entry_version', `format version ${version} is not known`, { version });
  }
  if (!fitsUtf8(text, MAX_ENTRY_BYTES)) return tooLarge();
  if (Object.keys(value).length !== MEMBERS)
    return malformed(`not exactly the ${MEMBERS} members of an entry`);
  if (!isName(value['tenant'])) return malformed('tenant is not a name');
  if (!isPosition(value['seq'])) return malformed('seq is not a position');
  if (!isHash(value['prev'])) return malformed('prev is not a hash');
  if (!isTime(value['time'])) return malformed('time is not an instant of the form YYYY-MM-DDTHH:MM:SS.sssZ');
  if (!isName(value['id'])) return malformed('id is not a name');
  if (!isEntryType(value['type'])) return malformed('type is not an entry type');
  if (!isObject(value['data'])) return malformed('data is not an object');
  const targets = readTargets(value['targets']);
  return malformed(
    readActor(value['actor']) ??
      (typeof targets === 'string' ? targets : undefined) ??
      sealedFault(value['sealed']) ??
      `not exactly the ${MEMBERS} members of an entry`,
  );
}

function isActorType(value: unknown): value is ActorType {
  return (ACTOR_TYPES as readonly unknown[]).includes(value);
}

/** Whether a value is an object with members, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tooLarge(): SealtrailError {
  return malformed(`larger than ${MAX_ENTRY_BYTES} bytes`);
}

function malformed(why: string): SealtrailError {
  return new SealtrailError('entry_malformed', `the entry is malformed: ${why}`);
}
