import { MAX_SEGMENT_ENTRIES } from '@sealtrail/format';
import type { Publisher } from '@sealtrail/publisher';
import { isStore, type Store } from '@sealtrail/store';
import type { Views } from '@sealtrail/views';
import { z } from 'zod';
import { DEFAULTS, MAX_TIMER_MS } from '../anchoring/defaults.ts';
import type { AnchoringHooks } from '../anchoring/events.ts';
import { whole } from '../config/schema.ts';

export interface InlineOptions extends AnchoringHooks {
  readonly store: Store;
  /** Time between two ticks; default 30 s. */
  readonly intervalMs?: number | undefined;
  /** Entries under one anchor, 1 to 65,536; default 4,096. */
  readonly maxSegment?: number | undefined;
  /** How long a segment that is not full waits to become so; default 5 min. 0 anchors everything at each tick. */
  readonly maxDelayMs?: number | undefined;
  /** Views of the same store: each tick then also records the proposals whose time is up. They stay the caller's to close. */
  readonly views?: Views | undefined;
  /** Whether each tick also seals all tenants; default true. */
  readonly seal?: boolean | undefined;
  /** Publishes a checkpoint after each seal. It stays the caller's to close. */
  readonly publisher?: Publisher | undefined;
  /** How long a sink may take nothing of what waits for it until an alert is raised; default 24 h. */
  readonly sinkPatienceMs?: number | undefined;
  /** Tenants anchored at once; default 1. */
  readonly concurrency?: number | undefined;
}

const can = <T>(method: string, error: string) =>
  z.custom<T>((value) => typeof Object(value)[method] === 'function', error);
const hook = z
  .custom<(...told: never[]) => void>((value) => typeof value === 'function', 'must be a function')
  .optional();

const hooks = {
  onTick: hook,
  onAnchor: hook,
  onSweep: hook,
  onSeal: hook,
  onPublish: hook,
  onDeliver: hook,
  onAlert: hook,
} satisfies Record<keyof AnchoringHooks, typeof hook>;

export const inlineSchema = z.strictObject({
  store: z.custom<Store>(isStore, 'must be a store that is open'),
  intervalMs: whole(1, MAX_TIMER_MS).default(DEFAULTS.tickMs),
  maxSegment: whole(1, MAX_SEGMENT_ENTRIES).default(DEFAULTS.maxSegment),
  maxDelayMs: whole(0, Number.MAX_SAFE_INTEGER).default(DEFAULTS.maxDelayMs),
  views: can<Views>('due', 'must be what openViews gives').optional(),
  seal: z.boolean({ error: 'must be true or false' }).default(true),
  publisher: can<Publisher>('publish', 'must be a publisher').optional(),
  sinkPatienceMs: whole(0, Number.MAX_SAFE_INTEGER).default(DEFAULTS.sinkPatienceMs),
  concurrency: whole(1, 64).default(1),
  ...hooks,
});
