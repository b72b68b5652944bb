export { type CloudEvent, toCloudEvent } from './cloud-event.ts';
export { CSV_COLUMNS, guardCell, toCsvRow } from './csv.ts';
export { type ExportedEntry, type ExportedValues, exportedEntry } from './exported.ts';
export { type JsonLine, toJsonLine } from './json-line.ts';
export { toOcsf } from './ocsf/event.ts';
export type {
  OcsfActor,
  OcsfAiOperation,
  OcsfApiActivity,
  OcsfResource,
  OcsfUser,
} from './ocsf/types.ts';
