/** Options of which each may be left out. */
export type Optional<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** Options over their defaults: one that is undefined, as a setting that is not there is, was left out. */
export function withDefaults<T extends object>(defaults: T, options: Optional<T>): T {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}
