export type { EntryDraft } from '@sealtrail/format';
export { type AnchorOptions, type AnchorResult, anchorTenant } from './anchor/anchor-tenant.ts';
export { segmentRoot } from './anchor/segment-tree.ts';
export { type ExportOptions, type ExportResult, exportBundle } from './export.ts';
export type { Appended } from './log/appended.ts';
export { type AppendOptions, Log, type LogOptions } from './log/log.ts';
export { type OpenOptions, openStore } from './open.ts';
export type { BuildRows, CommitOutcome, Store, Tip, UnanchoredTenant } from './port.ts';
