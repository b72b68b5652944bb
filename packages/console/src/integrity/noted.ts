import { z } from 'zod';

const noted = z.object({
  seq: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  time: z.iso.datetime(),
});

/** The last entry that this browser found in a log it verified by itself, and when that was. */
export type Noted = z.output<typeof noted>;

// Per address and tenant: another service is another log.
const keyOf = (tenant: string): string => `sealtrail-noted ${window.location.pathname} ${tenant}`;

/** What this browser noted of a log; undefined when it noted nothing, or may not. */
export function notedOf(tenant: string): Noted | undefined {
  try {
    return noted.safeParse(JSON.parse(window.localStorage.getItem(keyOf(tenant)) ?? 'null')).data;
  } catch {
    return undefined;
  }
}

/** Notes an entry, for the next check: a log that was rewritten as a whole agrees with itself, but not with this. */
export function note(tenant: string, entry: Noted): void {
  try {
    window.localStorage.setItem(keyOf(tenant), JSON.stringify(entry));
  } catch {
    // Nothing may be stored: the next check has nothing to compare with, and says so.
  }
}

export function forgetNoted(tenant: string): void {
  try {
    window.localStorage.removeItem(keyOf(tenant));
  } catch {
    // Nothing was stored.
  }
}
