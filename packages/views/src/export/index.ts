export { ENTRY_FORMATS, type EntryFormat } from './encodings.ts';
export { type EntriesExport, type ExportedPosition, exportEntries } from './export-entries.ts';
export type { ExportEntriesOptions } from './options.ts';
