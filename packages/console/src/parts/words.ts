// Numbers, times and names, in the words that every page uses.

const NUMBER = new Intl.NumberFormat('en-US');
const RELATIVE = new Intl.RelativeTimeFormat('en-US', { numeric: 'auto' });

export const number = (n: number): string => NUMBER.format(n);

export function count(n: number, one: string, many = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}

export const entries = (n: number): string => count(n, 'entry', 'entries');

const DAY = { day: 'numeric', month: 'short', year: 'numeric' } as const;
const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
const ZONE = { timeZoneName: 'shortOffset' } as const;

/**
 * A moment in the reader's own time zone, or in UTC, such as `25 Oct 2026, 02:30:00 UTC+2`. It always says how far that is from UTC: an
 * hour comes twice where clocks are put back, and readers are in two countries.
 *
 * @param how `isClock` for the time of the day alone, `isExact` to the millisecond
 */
export function moment(
  time: string | number,
  how: { readonly isClock?: boolean; readonly isExact?: boolean; readonly isUtc?: boolean } = {},
): string {
  const { isClock = false, isExact = false, isUtc = false } = how;
  return written(time, {
    ...(isClock ? {} : DAY),
    ...CLOCK,
    ...ZONE,
    ...(isExact ? { fractionalSecondDigits: 3 } : {}),
    ...(isUtc ? { timeZone: 'UTC' } : {}),
  });
}

/** How far from UTC the reader's clock is at a moment, such as `UTC+2`. */
export const zoneAt = (time: string): string => written(time, ZONE).replace(/^.*(?=UTC)/, '');

const FORMATS = new Map<string, Intl.DateTimeFormat>();

function written(time: string | number, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  const format = FORMATS.get(key) ?? new Intl.DateTimeFormat('en-GB', options);
  FORMATS.set(key, format);
  return format.format(new Date(time)).replace(/GMT(\+0$)?/, 'UTC');
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** How long ago something was, such as `3 minutes ago`. @param ms its age */
export function ago(ms: number): string {
  const [unit, size] = STEPS.find(([, step]) => ms >= step) ?? [];
  return unit === undefined || size === undefined
    ? 'just now'
    : RELATIVE.format(-Math.floor(ms / size), unit);
}

/** A length of time, such as `2.4 min`; that there is none to be told where it ended before it began. */
export function duration(ms: number): string {
  if (ms < 0) return 'not known: the clock was put back';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${(ms / 60_000).toFixed(1)} min`;
  if (ms < 86_400_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${(ms / 86_400_000).toFixed(1)} days`;
}

/** A share, rounded, but not to none or all where it is neither. */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return 'less than 1 %';
  if (share < 1 && share >= 0.995) return 'more than 99 %';
  return `${Math.round(share * 100)} %`;
}

/** A confidence as it was given: rounded, it could pass a bound that it did not reach. */
export const confidenceWords = (share: number): string => `${Number((share * 100).toFixed(7))} %`;

export const firstUpper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** One of the service's own words: `edited_approved` becomes `edited approved`. Never a name, of which two could read the same. */
export const spaced = (word: string): string => word.replaceAll('_', ' ');

const TYPES: Readonly<Record<string, string>> = {
  'log.started': 'Log started',
  'log.sealed': 'Sealed',
  'proposal.created': 'Proposed',
  'proposal.presented': 'Shown to a person',
  'proposal.expired': 'Expired',
  'proposal.superseded': 'Superseded',
  'decision.approved': 'Approved',
  'decision.edited_approved': 'Approved with changes',
  'decision.rejected': 'Rejected',
  'decision.auto_approved': 'Approved by a rule',
  'decision.auto_denied': 'Denied by a rule',
  'decision.stale': 'Click came too late',
  'batch.decided': 'Decided as one of many',
  'execution.started': 'Execution began',
  'execution.executed': 'Carried out',
  'execution.failed': 'Execution failed',
  'execution.not_executed': 'Not carried out',
  'execution.args_mismatch': 'Refused: not what was approved',
  'record.changed': 'CRM value changed',
  'authority.grant_created': 'Standing approval given',
  'authority.grant_revoked': 'Standing approval revoked',
  'log.erased': 'Values destroyed',
  'log.key_added': 'Signing key added',
  'log.key_retired': 'Signing key retired',
  'retention.set': 'Retention rule set',
  'retention.pruned': 'Old entries pruned',
  'hold.set': 'Legal hold set',
  'hold.released': 'Legal hold released',
  'access.viewed': 'Viewed',
  'access.exported': 'Exported',
  'access.verified': 'Verified',
  'access.signed_in': 'Signed in',
  'access.token_created': 'Access token created',
  'access.token_revoked': 'Access token revoked',
};

/** What an entry of a type is, in plain words; the type itself when it is another writer's. */
export const typeWords = (type: string): string => TYPES[type] ?? type;
export const ENTRY_TYPES: readonly string[] = Object.keys(TYPES);

/** What a colour says; never the only thing that says it. */
export type Tone = 'good' | 'bad' | 'unsure' | 'plain' | 'agent';
export const COLOR_OF: Readonly<Record<Tone, string>> = {
  good: 'green',
  bad: 'red',
  unsure: 'yellow',
  plain: 'gray',
  agent: 'violet',
};
