import { canonicalize, isSealtrailError, readEntry } from '@sealtrail/format';
import type { ViewEntry } from '@sealtrail/views';

// What the page shows of an entry came in another answer than the text that its hash is of.

const MEMBERS = ['seq', 'time', 'id', 'type', 'actor', 'targets', 'data', 'sealed'] as const;

/** The members of an entry that are shown otherwise than its text has them; `text` when that cannot be read. */
export function shownOtherwise(text: string, tenant: string, shown: ViewEntry): string[] {
  try {
    const entry = readEntry(text);
    const others = MEMBERS.filter((name) => !isSame(entry[name], shown[name]));
    return entry.tenant === tenant ? others : ['tenant', ...others];
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    return ['text'];
  }
}

/** Sealed fields whose value is shown otherwise than it was sent with its salt, or is shown as gone although it was sent. */
export function valuesOtherwise(
  openings: readonly { readonly field: string; readonly value: unknown }[],
  { values, sealed }: ViewEntry,
): string[] {
  const sent = new Map(openings.map(({ field, value }) => [field, value]));
  const fields = new Set([...Object.keys(values), ...Object.keys(sealed)]);
  return [...fields].filter((field) => {
    const isShown = Object.hasOwn(values, field);
    return isShown !== sent.has(field) || (isShown && !isSame(values[field], sent.get(field)));
  });
}

/** Whether two values say the same; what is no value of a log is no other's. */
export function isSame(one: unknown, other: unknown): boolean {
  try {
    return one === other || canonicalize(one) === canonicalize(other);
  } catch (error) {
    if (isSealtrailError(error)) return false;
    throw error;
  }
}
