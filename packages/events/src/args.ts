import { isObject, type JsonValue, type Openings } from '@sealtrail/format';

// Arguments are sealed in two parts when some of their members are personal data: destroying `<field>.personal` leaves the
// rest readable. Every field that is made from arguments (final arguments, patches) is split in the same way.

/** Arguments in two parts. */
export interface Parts {
  readonly rest: unknown;
  readonly personal?: Record<string, unknown>;
}

/** Takes the members that are personal data out of arguments. */
export function split(args: unknown, personal: readonly string[]): Parts {
  if (personal.length === 0 || !isObject(args)) return { rest: args };
  const rest: [string, unknown][] = [];
  const apart: [string, unknown][] = [];
  for (const member of Object.entries(args)) (personal.includes(member[0]) ? apart : rest).push(member);
  if (apart.length === 0) return { rest: args };
  return { rest: Object.fromEntries(rest), personal: Object.fromEntries(apart) };
}

/** Sealed fields for arguments, under `field` and, where there are personal ones, `field.personal`. */
export function sealArgs(
  field: string,
  args: unknown,
  personal: readonly string[] = [],
): Record<string, unknown> {
  const parts = split(args, personal);
  return {
    [field]: parts.rest,
    ...(parts.personal === undefined ? {} : { [`${field}.personal`]: parts.personal }),
  };
}

/**
 * Arguments put together again from an entry's openings; undefined when a part of them was sealed but is gone.
 *
 * @param sealed the entry's commitments, which say what was sealed
 */
export function openArgs(
  field: string,
  sealed: Readonly<Record<string, unknown>>,
  openings: Openings,
): { readonly args: JsonValue } | undefined {
  const rest = openings[field]?.value;
  if (rest === undefined) return undefined;
  if (!Object.hasOwn(sealed, `${field}.personal`)) return { args: rest };
  const personal = openings[`${field}.personal`]?.value;
  if (!isObject(rest) || !isObject(personal)) return undefined;
  return { args: { ...rest, ...personal } as JsonValue };
}
