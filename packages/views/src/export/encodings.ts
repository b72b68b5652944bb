import {
  CSV_COLUMNS,
  type ExportedEntry,
  toCloudEvent,
  toCsvRow,
  toJsonLine,
  toOcsf,
} from '@sealtrail/events';
import { stringify } from 'csv-stringify/sync';

/** What entries can be written as, beside bundles. */
export const ENTRY_FORMATS = ['ocsf', 'cloudevents', 'csv', 'jsonl'] as const;
export type EntryFormat = (typeof ENTRY_FORMATS)[number];

/** How one format becomes text. */
interface Encoding {
  /** What stands before the first entry. */
  readonly head: string;
  /** One entry, with its line end. A line end inside a value is escaped (JSON) or quoted (CSV). */
  line(entry: ExportedEntry): string;
}

function jsonLines(map: (entry: ExportedEntry) => object): Encoding {
  return { head: '', line: (entry) => `${JSON.stringify(map(entry))}\n` };
}

// RFC 4180, section 2: a header line, CRLF line ends, quotes where a cell needs them. With a line end of one's own the library
// leaves a lone CR or LF unquoted unless it is told not to.
function csvLine(cells: readonly string[]): string {
  return stringify([[...cells]], { record_delimiter: '\r\n', quote_record_delimiter: true });
}

export const ENCODINGS: Readonly<Record<EntryFormat, Encoding>> = {
  ocsf: jsonLines(toOcsf),
  cloudevents: jsonLines(toCloudEvent),
  csv: { head: csvLine(CSV_COLUMNS), line: (entry) => csvLine(toCsvRow(entry)) },
  jsonl: jsonLines(toJsonLine),
};
