/** Reads the text of one variable; undefined when it is not of the kind. */
export type Parse = (text: string) => string | number | readonly string[] | undefined;

export const asText: Parse = (text) => text;

/** Paths separated by commas. */
export const asList: Parse = (text) => text.split(',').map((part) => part.trim());

export const asNumber: Parse = (text) => (/^(0|[1-9][0-9]{0,9})$/.test(text) ? Number(text) : undefined);

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A whole number with a unit, in milliseconds: `500ms`, `30s`, `5m`, `2h`. */
export const asDuration: Parse = (text) => {
  const match = /^(0|[1-9][0-9]{0,6})(ms|s|m|h)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] as string] as number);
};
