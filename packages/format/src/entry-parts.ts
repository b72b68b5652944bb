import { MAX_DEPTH } from './canonical.ts';
import { readActor, readTargets } from './entry-rules.ts';
import { ACTOR_TYPES, type Target } from './entry-types.ts';
import { PLAIN_REFERENCE_RULE, WORD_RULE } from './names.ts';
import { scanValue } from './recognise.ts';

// The parts of an entry that have a form of their own, recognised in its canonical text.

/** What stands between a text and the type after it. */
export const TYPE = '","type":"';

/** Index after what a sticky expression matches at `at`, or -1. */
export function after(sticky: RegExp, s: string, at: number): number {
  sticky.lastIndex = at;
  return sticky.test(s) ? sticky.lastIndex : -1;
}

// Neighbouring entries often have the same actor, which needs to be read only once. A good actor from the start: whatever
// stands here is taken as one.
let lastActor = '{"id":"sealtrail","type":"system"}';

const TYPE_MEMBER = `"type":"(?:${ACTOR_TYPES.join('|')})"`;
const optional = (name: string, rule: string): string => `(?:"${name}":${rule},)?`;
const reference = `"${PLAIN_REFERENCE_RULE}"`;
/** An actor as nearly all are; others are read the long way. */
const PLAIN_ACTOR = new RegExp(
  [
    '\\{',
    optional('agent_version', reference),
    optional('auth_method', reference),
    `"id":${reference},`,
    optional('model', reference),
    optional('on_behalf_of', `\\{"id":${reference},${TYPE_MEMBER}\\}`),
    optional('prompt_hash', '"[0-9a-f]{64}"'),
    optional('role', reference),
    optional('session_id', reference),
    `${TYPE_MEMBER}\\}`,
  ].join(''),
  'y',
);

/** Index after the actor that begins at `at`, or -1. */
export function scanActor(s: string, at: number): number {
  // An actor's text ends with its own brace, so nothing longer can begin with it.
  if (s.startsWith(lastActor, at)) return at + lastActor.length;
  let end = after(PLAIN_ACTOR, s, at);
  if (end === -1) {
    end = scanValue(s, at, MAX_DEPTH - 1);
    if (end === -1 || readActor(JSON.parse(s.slice(at, end))) !== undefined) return -1;
  }
  lastActor = s.slice(at, end);
  return end;
}

const ONE_TARGET = new RegExp(`\\[\\{"id":"${PLAIN_REFERENCE_RULE}","type":"${WORD_RULE}"\\}\\]`, 'y');
const TARGET_ID = '[{"id":"';
const TARGET_END = '"}]';

/** The targets that begin at `at`, and the index after them. */
export function scanTargets(
  s: string,
  at: number,
): { readonly targets: readonly Target[]; readonly end: number } | undefined {
  if (s.startsWith('[]', at)) return { targets: [], end: at + 2 };
  const oneEnd = after(ONE_TARGET, s, at);
  if (oneEnd !== -1) {
    const idAt = at + TARGET_ID.length;
    const idEnd = s.indexOf('"', idAt);
    const target = {
      id: s.slice(idAt, idEnd),
      type: s.slice(idEnd + TYPE.length, oneEnd - TARGET_END.length),
    };
    return { targets: [target], end: oneEnd };
  }
  const end = scanValue(s, at, MAX_DEPTH - 1);
  if (end === -1) return undefined;
  const targets = readTargets(JSON.parse(s.slice(at, end)));
  return typeof targets === 'string' ? undefined : { targets, end };
}

/** Whether canonical texts can stand in an entry as its actor and its targets. */
export function areActorAndTargets(actor: string, targets: string): boolean {
  return scanActor(actor, 0) === actor.length && scanTargets(targets, 0)?.end === targets.length;
}
