import type { FindingCode } from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import type { Raw } from '../../support/raw.ts';

export const TENANT = 'acme';
/** Entries 0 to 10. Anchor 0 covers 0 to 3, anchor 1 covers 4 to 7; 8 to 10 are not anchored. */
export const LAST = 10;
/** In the middle of the second segment. */
export const MIDDLE = 5;
/** Another tenant of the same store: entries 0 to 2. */
export const OTHER = 'beta';

type Kind = Store['kind'];

/** One way to tamper with a log, and what a verifier must say to it. */
export interface TamperCase {
  readonly what: string;
  readonly change: (raw: Raw, kind: Kind) => Promise<void>;
  /** A finding that must be there. */
  readonly code: FindingCode;
  /** The first broken position; null when the fault has none. */
  readonly position: number | null;
  /** Other tenants that are then broken too, and what is found there. */
  readonly others?: Readonly<Record<string, FindingCode>>;
  /** Only where the store has it. */
  readonly only?: Kind;
}

export const entry = (seq: number) => ({ tenant: TENANT, seq });
export const anchor = (number: number) => ({ tenant: TENANT, number });
export const HEAD = { tenant: TENANT };
export const NO_HASH = 'f'.repeat(64);
export const EARLY = '2000-01-01T00:00:00.000Z';
export const LATE = '2999-01-01T00:00:00.000Z';
