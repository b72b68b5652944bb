import { parseOptions } from '@sealtrail/format';
import { isStore, type Store } from '@sealtrail/store';
import { z } from 'zod';
import type { SealtrailOptions } from './open.ts';

const REPLAY_EVERY_MS = {
  least: 100,
  usual: 5_000,
  /** The longest that a timer waits. */ most: 2 ** 31 - 1,
};

const limit = z.int().min(1).optional();

const failure = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('closed') }),
  z.strictObject({
    mode: z.literal('open'),
    spool: z.string().min(1),
    replayEveryMs: z
      .number()
      .min(REPLAY_EVERY_MS.least)
      .max(REPLAY_EVERY_MS.most)
      .default(REPLAY_EVERY_MS.usual),
    onReplay: z.custom((value) => typeof value === 'function', 'must be a function').optional(),
  }),
]);

const schema = z.strictObject({
  store: z.union([z.string().min(1), z.custom<Store>(isStore)], {
    error: 'must be a mongodb:// URL, the path of a SQLite file, or a store that is open',
  }),
  failure: failure.default({ mode: 'closed' }),
  lingerMs: z.number().min(0).optional(),
  maxWaiting: limit,
  maxWaitingBytes: limit,
  maxWaitingAll: limit,
  maxWaitingAllBytes: limit,
  maxBatch: limit,
  maxBatchBytes: limit,
});

/** @throws SealtrailError `config_invalid` that names the option */
export function checkOptions(options: SealtrailOptions): { readonly replayEveryMs: number | undefined } {
  const { failure: policy } = parseOptions('openSealtrail', schema, options);
  return { replayEveryMs: policy.mode === 'open' ? policy.replayEveryMs : undefined };
}
