import { MAX_DEPTH } from './canonical.ts';
import { after, scanActor, scanTargets, TYPE } from './entry-parts.ts';
import { explainEntry } from './entry-rules.ts';
import { FORMAT_VERSION, MAX_ENTRY_BYTES, MAX_SEALED, type Target } from './entry-types.ts';
import type { Hash } from './hash.ts';
import {
  FIELD_RULE,
  isInstant,
  MAX_NAME_LENGTH,
  MAX_WORDS_LENGTH,
  NAME_CHARACTER,
  TIME_RULE,
  TYPE_RULE,
} from './names.ts';
import { scanValue } from './recognise.ts';
import { fitsUtf8Between } from './text.ts';

/** What a walk over a log needs of an entry: all of it is checked, `actor` and `data` are not built. */
export interface EntryFacts {
  readonly tenant: string;
  readonly seq: number;
  readonly prev: Hash;
  readonly time: string;
  readonly id: string;
  readonly type: string;
  readonly targets: readonly Target[];
  readonly sealed: ReadonlyMap<string, Hash>;
}

/**
 * Reads an entry's stored text, which is attacker-controlled, by all rules of SPEC 3.
 *
 * @throws SealtrailError `entry_malformed`, or `entry_version` for a version that this package does not know
 */
export function scanEntry(text: string): EntryFacts {
  const scanned = scanEntryAt(text, 0);
  if (scanned === undefined || scanned.end !== text.length) throw explainEntry(text);
  return scanned.facts;
}

// A canonical entry has its members in one order, so it is recognised from left to right by a few sticky expressions made
// of the rules in names.ts; a verifier spends its time here. They are only asked whether they match: what is between two
// texts of known length is cut out by its place, which costs a third of capturing it.
const ACTOR = '{"actor":';
const DATA = ',"data":{';
const ID = ',"id":"';
const PREV = '","prev":"';
const SEALED = '","sealed":{';
const SEQ = ',"seq":';
const TARGETS = ',"targets":';
const TENANT = ',"tenant":"';
const TIME = '","time":"';
const END = `","v":${FORMAT_VERSION}}`;
const HASH_LENGTH = 64;
const TIME_LENGTH = 24;

// Of what repeats a known number of times, the length is compared apart: counting costs an expression half as much again.
const ID_TO_SEALED = new RegExp(`${ID}${NAME_CHARACTER}+${PREV}[0-9a-f]+","sealed":\\{`, 'y');
const SEALED_FIELD = new RegExp(`"${FIELD_RULE}":"[0-9a-f]+"[,}]`, 'y');
const SEQ_TO_TARGETS = new RegExp(`${SEQ}(?:0|[1-9][0-9]{0,15})${TARGETS}`, 'y');
const TENANT_TO_END = new RegExp(
  `${TENANT}${NAME_CHARACTER}+${TIME}${TIME_RULE}${TYPE}${TYPE_RULE}","v":${FORMAT_VERSION}\\}`,
  'y',
);
const BRACE_END = 0x7d;

/**
 * Reads an entry that begins at `at` inside a longer text.
 *
 * @returns its facts and the index after it; undefined when what begins there is not an entry of this version.
 *   {@link scanEntry} of the text alone then says why.
 */
export function scanEntryAt(
  s: string,
  at: number,
): { readonly facts: EntryFacts; readonly end: number } | undefined {
  if (!s.startsWith(ACTOR, at)) return undefined;
  const actorEnd = scanActor(s, at + ACTOR.length);
  if (actorEnd === -1 || !s.startsWith(DATA, actorEnd)) return undefined;
  const dataEnd = scanValue(s, actorEnd + DATA.length - 1, MAX_DEPTH - 1);
  if (dataEnd === -1) return undefined;

  const sealedAt = after(ID_TO_SEALED, s, dataEnd);
  if (sealedAt === -1) return undefined;
  const prevAt = sealedAt - SEALED.length - HASH_LENGTH;
  const id = s.slice(dataEnd + ID.length, prevAt - PREV.length);
  if (!s.startsWith(PREV, prevAt - PREV.length) || id.length > MAX_NAME_LENGTH) return undefined;
  const sealed = new Map<string, Hash>();
  const seqAt = scanSealed(s, sealedAt, sealed);
  const targetsAt = seqAt === -1 ? -1 : after(SEQ_TO_TARGETS, s, seqAt);
  if (targetsAt === -1) return undefined;
  const seq = Number(s.slice(seqAt + SEQ.length, targetsAt - TARGETS.length));
  if (!Number.isSafeInteger(seq)) return undefined;

  const targets = scanTargets(s, targetsAt);
  const end = targets === undefined ? -1 : after(TENANT_TO_END, s, targets.end);
  if (targets === undefined || end === -1) return undefined;
  const tenantAt = targets.end + TENANT.length;
  const tenantEnd = s.indexOf('"', tenantAt);
  if (tenantEnd - tenantAt > MAX_NAME_LENGTH) return undefined;
  const timeAt = tenantEnd + TIME.length;
  const time = s.slice(timeAt, timeAt + TIME_LENGTH);
  const type = s.slice(timeAt + TIME_LENGTH + TYPE.length, end - END.length);
  if (!isInstant(time) || type.length > MAX_WORDS_LENGTH) return undefined;
  if (!fitsUtf8Between(s, at, end, MAX_ENTRY_BYTES)) return undefined;
  const facts = {
    tenant: s.slice(tenantAt, tenantEnd),
    seq,
    prev: s.slice(prevAt, prevAt + HASH_LENGTH),
    time,
    id,
    type,
    targets: targets.targets,
    sealed,
  };
  return { facts, end };
}

const BETWEEN = '":"';
const COMMITMENT_END = '",'.length;

function scanSealed(s: string, from: number, fields: Map<string, Hash>): number {
  if (s.charCodeAt(from) === BRACE_END) return from + 1;
  let at = from;
  let last = '';
  for (;;) {
    const end = after(SEALED_FIELD, s, at);
    if (end === -1) return -1;
    const commitmentAt = end - COMMITMENT_END - HASH_LENGTH;
    const fieldEnd = commitmentAt - BETWEEN.length;
    if (!s.startsWith(BETWEEN, fieldEnd)) return -1;
    const field = s.slice(at + 1, fieldEnd);
    if (field <= last || field.length > MAX_WORDS_LENGTH || fields.size === MAX_SEALED) return -1;
    fields.set(field, s.slice(commitmentAt, commitmentAt + HASH_LENGTH));
    last = field;
    at = end;
    if (s.charCodeAt(end - 1) === BRACE_END) return at;
  }
}
