import { DEFAULT_SEGMENT_ENTRIES } from '@sealtrail/format';

/** What holds where nothing else is configured, in the worker and inline. */
export const DEFAULTS = {
  tickMs: 30_000,
  sweepMs: 60_000,
  sealMs: 60_000,
  publishMs: 60_000,
  maxSegment: DEFAULT_SEGMENT_ENTRIES,
  maxDelayMs: 300_000,
  /** A sink that is off for a night is nobody's concern. */
  sinkPatienceMs: 86_400_000,
} as const;

/** The longest time that a timer takes without overflowing. */
export const MAX_TIMER_MS = 2_147_483_647;
