// Which tools change data, what an answer means, what a call is about: rules of thumb, each in one place, so that a report can
// name them and a user can overrule them.

/** Verbs that begin the names of tools that only look. Everything else counts as a write: a write taken for a read would go
 * unapproved into the log, the reverse is only a proposal too many. */
export const READ_VERBS = [
  'get',
  'list',
  'search',
  'find',
  'read',
  'fetch',
  'lookup',
  'query',
  'count',
  'show',
  'describe',
  'check',
  'calculate',
  'compute',
  'think',
];

const READ = new RegExp(`^(?:${READ_VERBS.join('|')})(?:$|[_\\-.]|(?=[A-Z]))`);

export interface ToolRules {
  /** Names of tools that change data, whatever they are called. */
  readonly writes: ReadonlySet<string>;
  /** Names of tools that only look. */
  readonly reads: ReadonlySet<string>;
}

export function changesData(tool: string, rules: ToolRules): boolean {
  if (rules.writes.has(tool)) return true;
  if (rules.reads.has(tool)) return false;
  return !READ.test(tool);
}

const CONSENT =
  /\b(?:yes|yeah|yep|yup|sure|ok|okay|correct|confirm(?:ed)?|agreed|absolutely|definitely|go ahead|proceed|please do|sounds good|that works|that(?:'|’)s fine|looks good|do it|go for it|works for me)\b/i;
const REFUSAL = /^\W*(?:no|nope|don(?:'|’)t|do not|stop|never mind|cancel that|wait)\b/i;

/** What an answer says about the action that was proposed before it: read by phrases, and therefore said to be so. */
export function readAnswer(words: string): 'consent' | 'refusal' | 'unclear' {
  // "No insurance, but yes, please go ahead" is consent; only an answer without any is a refusal.
  if (CONSENT.test(words) && !/\b(?:not|n't|n’t) (?:confirm|proceed|agree|go ahead)/i.test(words))
    return 'consent';
  return REFUSAL.test(words) ? 'refusal' : 'unclear';
}

/** A tool's answer that reports a failure: text that begins with "Error", or an object with a member `error`. */
export function isFailure(result: string): boolean {
  if (/^\s*error\b/i.test(result)) return true;
  try {
    const value: unknown = JSON.parse(result);
    return typeof value === 'object' && value !== null && 'error' in value && Boolean(value.error);
  } catch {
    return false;
  }
}

const MAX_TARGETS = 64;

/** Records that a call is about: each argument `<type>_id` with a string or number names one. */
export function targetsOf(args: unknown): { type: string; id: string }[] {
  if (typeof args !== 'object' || args === null) return [];
  return Object.entries(args)
    .flatMap(([name, value]) => {
      const type = /^([a-z][a-z0-9_]{0,60})_id$/.exec(name)?.[1];
      const id = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
      // An identifier that no entry could hold stays in the sealed arguments only.
      return type !== undefined && /^[\x20-\x7e]{1,256}$/.test(id) ? [{ type, id }] : [];
    })
    .slice(0, MAX_TARGETS);
}
