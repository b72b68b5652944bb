import { MAX_DEPTH } from './canonical.ts';
import { explainEntry, readActor, readTargets } from './entry-rules.ts';
import { FORMAT_VERSION, MAX_ENTRY_BYTES, MAX_SEALED, type Target } from './entry-types.ts';
import type { Hash } from './hash.ts';
import {
  FIELD_RULE,
  isTime,
  MAX_WORDS_LENGTH,
  NAME_RULE,
  PLAIN_REFERENCE_RULE,
  TIME_RULE,
  TYPE_RULE,
  WORD_RULE,
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
// of the rules in names.ts; a verifier spends its time here. Only `actor`, `data` and `targets` have a form of their own.
const ACTOR = '{"actor":';
const DATA = ',"data":{';
const ID_TO_SEALED = new RegExp(`,"id":"(${NAME_RULE})","prev":"([0-9a-f]{64})","sealed":\\{`, 'y');
const SEALED = new RegExp(`"(${FIELD_RULE})":"([0-9a-f]{64})"([,}])`, 'y');
const SEQ = /,"seq":(0|[1-9][0-9]{0,15}),"targets":/y;
const ONE_TARGET = new RegExp(`\\[\\{"id":"(${PLAIN_REFERENCE_RULE})","type":"(${WORD_RULE})"\\}\\]`, 'y');
const TENANT_TO_END = new RegExp(
  `,"tenant":"(${NAME_RULE})","time":"(${TIME_RULE})","type":"(${TYPE_RULE})","v":${FORMAT_VERSION}\\}`,
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

  const head = match(ID_TO_SEALED, s, dataEnd);
  if (head === null) return undefined;
  const sealed = new Map<string, Hash>();
  const sealedEnd = scanSealed(s, ID_TO_SEALED.lastIndex, sealed);
  const middle = sealedEnd === -1 ? null : match(SEQ, s, sealedEnd);
  if (middle === null) return undefined;
  const seq = Number(middle[1]);
  if (!Number.isSafeInteger(seq)) return undefined;

  const targets = scanTargets(s, SEQ.lastIndex);
  const tail = targets === undefined ? null : match(TENANT_TO_END, s, targets.end);
  if (targets === undefined || tail === null) return undefined;
  const [, tenant, time, type] = tail as unknown as [string, string, string, string];
  const end = TENANT_TO_END.lastIndex;
  if (!isTime(time) || type.length > MAX_WORDS_LENGTH) return undefined;
  if (!fitsUtf8Between(s, at, end, MAX_ENTRY_BYTES)) return undefined;
  const [, id, prev] = head as unknown as [string, string, string];
  return { facts: { tenant, seq, prev, time, id, type, targets: targets.targets, sealed }, end };
}

function match(sticky: RegExp, s: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(s);
}

// Neighbouring entries often have the same actor, which needs to be read only once. A good actor from the start: whatever
// stands here is taken as one.
let lastActor = '{"id":"sealtrail","type":"system"}';

/** Index after the actor that begins at `at`, or -1. */
function scanActor(s: string, at: number): number {
  // An actor's text ends with its own brace, so nothing longer can begin with it.
  if (s.startsWith(lastActor, at)) return at + lastActor.length;
  const end = scanValue(s, at, MAX_DEPTH - 1);
  if (end === -1) return -1;
  const text = s.slice(at, end);
  if (readActor(JSON.parse(text)) !== undefined) return -1;
  lastActor = text;
  return end;
}

function scanSealed(s: string, from: number, fields: Map<string, Hash>): number {
  if (s.charCodeAt(from) === BRACE_END) return from + 1;
  let at = from;
  let last = '';
  for (;;) {
    const member = match(SEALED, s, at);
    if (member === null) return -1;
    const [, field, commitment, next] = member as unknown as [string, string, string, string];
    if (field <= last || field.length > MAX_WORDS_LENGTH || fields.size === MAX_SEALED) return -1;
    fields.set(field, commitment);
    last = field;
    at = SEALED.lastIndex;
    if (next === '}') return at;
  }
}

function scanTargets(
  s: string,
  at: number,
): { readonly targets: readonly Target[]; readonly end: number } | undefined {
  if (s.startsWith('[]', at)) return { targets: [], end: at + 2 };
  const one = match(ONE_TARGET, s, at);
  if (one !== null) {
    const [, id, type] = one as unknown as [string, string, string];
    return { targets: [{ id, type }], end: ONE_TARGET.lastIndex };
  }
  const end = scanValue(s, at, MAX_DEPTH - 1);
  if (end === -1) return undefined;
  const targets = readTargets(JSON.parse(s.slice(at, end)));
  return typeof targets === 'string' ? undefined : { targets, end };
}
