export { type AnchorOptions, type AnchorResult, anchorTenant } from './anchor/anchor-tenant.ts';
export { segmentRoot } from './anchor/segment-tree.ts';
export { type ExportOptions, type ExportResult, exportBundle } from './export.ts';
export type { Appended, EntryDraft } from './log/draft.ts';
export { type AppendOptions, Log, type LogOptions } from './log/log.ts';
export { type OpenOptions, openStore } from './open.ts';
export type { BuildRows, CommitOutcome, Store, Tip, UnanchoredTenant } from './port.ts';
