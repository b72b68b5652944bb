import { ACTOR_TYPES, isEntryType, isWord } from '@sealtrail/format';
import type { Outcome } from '@sealtrail/views';

// What is looked for, as somebody types it: `agent:sales-assistant outcome:edited since:2026-11-01`. A value that nothing can have is
// refused here, where the answer is for whoever typed it; the service says the same to programs.

export const OUTCOMES: readonly Outcome[] = [
  'approved',
  'edited',
  'rejected',
  'auto_approved',
  'auto_denied',
  'stale',
  'expired',
  'superseded',
  'executed',
  'failed',
  'not_executed',
  'args_mismatch',
];

/** Qualifiers that are one parameter of the same name. */
const PLAIN = [
  'type',
  'agent',
  'action',
  'outcome',
  'mode',
  'proposal',
  'trace',
  'conversation',
  'batch',
] as const;
/** Qualifiers of two parts, such as `record:contact/c-104`. */
const PAIRS = ['record', 'actor'] as const;
const QUALIFIERS: readonly string[] = [...PLAIN, ...PAIRS, 'confidence', 'position', 'since', 'until'];

export interface Qualifier {
  readonly name: string;
  readonly value: string;
}

export type Parsed =
  | {
      readonly ok: true;
      readonly qualifiers: readonly Qualifier[];
      readonly parameters: Readonly<Record<string, string>>;
    }
  | { readonly ok: false; readonly problem: string };

/** Reads what was typed. The problem says what would be right instead. */
export function parseFilter(text: string): Parsed {
  const qualifiers: Qualifier[] = [];
  const parameters: Record<string, string> = {};
  for (const [word] of text.matchAll(/(?:[^\s"]|"[^"]*")+/g)) {
    const [, name, quoted] = /^([a-z]+):(.*)$/s.exec(word) ?? [];
    if (name === undefined || quoted === undefined || !QUALIFIERS.includes(name)) {
      return {
        ok: false,
        problem: `“${word}” is not a qualifier. There are: ${QUALIFIERS.join(', ')}. For example agent:sales-assistant`,
      };
    }
    const value = unquoted(quoted);
    if (value === '') return { ok: false, problem: `“${word}”: a value is missing` };
    const given = parametersOf(name, value);
    if (given === undefined) return { ok: false, problem: `“${word}”: write ${EXAMPLES[name]}` };
    const twice = Object.keys(given).find((one) => one in parameters);
    if (twice !== undefined) return { ok: false, problem: `“${name}” stands there twice` };
    Object.assign(parameters, given);
    qualifiers.push({ name, value });
  }
  return { ok: true, qualifiers, parameters };
}

/** A value that begins with a quote ends with one, and those within are doubled. */
function unquoted(value: string): string {
  const [, within] = /^"((?:[^"]|"")*)"$/s.exec(value) ?? [];
  return within === undefined ? value.replaceAll('"', '') : within.replaceAll('""', '"');
}

const EXAMPLES: Readonly<Record<string, string>> = {
  type: 'type:decision.approved or another type of entries',
  outcome: `one of ${OUTCOMES.join(', ')}`,
  record: 'record:contact/c-104',
  actor: `actor:user/u-17; before the / is one of ${ACTOR_TYPES.join(', ')}`,
  confidence: 'confidence:<=0.5, confidence:>=0.9 or confidence:0.3..0.6',
  position: 'position:4711 or position:4700..4720',
  since: 'since:2026-11-01 or since:2026-11-01T14:30Z, in UTC',
  until: 'until:2026-11-30 or until:2026-11-30T14:30Z, in UTC',
};

function parametersOf(name: string, value: string): Record<string, string> | undefined {
  if (PAIRS.some((pair) => pair === name)) {
    const [, type, id] = /^([^/]+)\/(.+)$/.exec(value) ?? [];
    if (type === undefined || id === undefined || !TYPES[name]?.(type)) return undefined;
    return { [`${name}.type`]: type, [`${name}.id`]: id };
  }
  if (name === 'confidence') return confidenceOf(value);
  if (name === 'position') return positionsOf(value);
  if (name === 'since' || name === 'until') {
    const time = utcOf(value);
    return time === undefined ? undefined : { [name]: time };
  }
  return VALUES[name]?.(value) === false ? undefined : { [name]: value };
}

const isOneOf =
  (values: readonly string[]) =>
  (value: string): boolean =>
    values.includes(value);
/** What the values of qualifiers may be, where not every text may be one. */
const VALUES: Readonly<Record<string, (value: string) => boolean>> = {
  type: isEntryType,
  outcome: isOneOf(OUTCOMES),
};
/** The same of what stands before the `/`. */
const TYPES: Readonly<Record<string, (type: string) => boolean>> = {
  record: isWord,
  actor: isOneOf(ACTOR_TYPES),
};

const SHARE = String.raw`(\d(?:\.\d{1,9})?)`;

function confidenceOf(value: string): Record<string, string> | undefined {
  const [, min, max] = new RegExp(`^${SHARE}\\.\\.${SHARE}$`).exec(value) ?? [];
  if (min !== undefined && max !== undefined) return { 'confidence.min': min, 'confidence.max': max };
  const [, sign, bound] = new RegExp(`^([<>])=${SHARE}$`).exec(value) ?? [];
  if (bound === undefined) return undefined;
  return sign === '<' ? { 'confidence.max': bound } : { 'confidence.min': bound };
}

function positionsOf(value: string): Record<string, string> | undefined {
  const [, from, to = from] = /^(\d{1,15})(?:\.\.(\d{1,15}))?$/.exec(value) ?? [];
  if (from === undefined || to === undefined || Number(from) > Number(to)) return undefined;
  return { from: String(Number(from)), to: String(Number(to)) };
}

/** A day or a moment of UTC. What leaves out of which zone it is, or is no day of the calendar, is not guessed at. */
function utcOf(value: string): string | undefined {
  const [, day, minute = 'T00:00', second = ':00', part = '.000'] =
    /^(\d{4}-\d\d-\d\d)(?:(T\d\d:\d\d)(:\d\d)?(\.\d{3})?Z)?$/.exec(value) ?? [];
  const time = `${day}${minute}${second}${part}Z`;
  const parsed = new Date(time);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString() === time ? time : undefined;
}

/** The text of qualifiers, as {@link parseFilter} reads it. */
export function textOf(qualifiers: readonly Qualifier[]): string {
  const quoted = (value: string): string =>
    /[\s"]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  return qualifiers.map(({ name, value }) => `${name}:${quoted(value)}`).join(' ');
}
