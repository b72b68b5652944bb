export { ALERT_CODES, type Alert, type AlertCode, type AnchoringHooks } from '../anchoring/events.ts';
export type { AnchorOutcome, AnchorRun } from '../anchoring/run-anchor.ts';
export type { TickRun } from '../anchoring/run-tick.ts';
export type { SweepRun } from '../expiry/run-sweep.ts';
export type { DeliverRun, PublishRun } from '../publishing/run-publish.ts';
export type { SealRun } from '../sealing/run-seal.ts';
export type { InlineTick } from './inline-tick.ts';
export type { InlineOptions } from './options.ts';
export { type InlineAnchoring, startInlineAnchoring } from './start.ts';
