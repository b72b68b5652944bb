import { type ExportedValues, exportedEntry } from '@sealtrail/events';
import type { Hash } from '@sealtrail/format';
import type { LogSource } from '@sealtrail/verifier';
import { ENCODINGS, type EntryFormat } from './encodings.ts';
import { checkOptions, type ExportEntriesOptions } from './options.ts';
import { positionsOf, readLog } from './read-log.ts';

/** Where an export begins or ends: enough to find the entry in the log again. */
export interface ExportedPosition {
  readonly seq: number;
  readonly hash: Hash;
}

export interface EntriesExport {
  readonly tenant: string;
  readonly format: EntryFormat;
  readonly values: ExportedValues;
  /** How many entries were written. */
  readonly entries: number;
  /** Null when none was. */
  readonly first: ExportedPosition | null;
  readonly last: ExportedPosition | null;
  /** Always: what a log is worth only a verifier says. */
  readonly verified: false;
}

/** Text is handed on in pieces of about this many characters; a longer line is a piece of its own. */
const CHUNK_CHARACTERS = 1 << 16;

/**
 * Writes one log's entries for another tool, in chain order, in bounded memory. What is written is not verified: it is only
 * checked that each entry can be read, has the hash that is stored with it, and that none is missing between two others.
 *
 * @param write takes pieces of text in order; a promise that it returns is waited for before more is read
 * @throws SealtrailError `config_invalid` for options that cannot be meant, `source_invalid` for a tenant or a position that is
 *   not there, `pruned` for one that is not there any more, `segment_broken` for an entry that is missing or cannot be read
 */
export async function exportEntries(
  source: LogSource,
  write: (chunk: string) => Promise<void> | void,
  options: ExportEntriesOptions,
): Promise<EntriesExport> {
  checkOptions(source, options);
  const { tenant, format, values = 'withheld', since, until, onProgress } = options;
  const encoding = ENCODINGS[format];
  const log = await source.log(tenant);
  const positions = await positionsOf(log, options);
  const total = Math.max(0, positions.to - positions.from + 1);
  let chunk = encoding.head;
  let entries = 0;
  let first: ExportedPosition | null = null;
  let last: ExportedPosition | null = null;
  for await (const recorded of readLog(log, positions, source.columns, values === 'included')) {
    const { seq, time } = recorded.entry;
    onProgress?.({ tenant, walked: seq - positions.from + 1, position: seq, total });
    // Every entry is looked at: that times never decrease is something that only a verified log can be trusted with.
    if ((since !== undefined && time < since) || (until !== undefined && time >= until)) continue;
    chunk += encoding.line(exportedEntry(recorded, values));
    entries++;
    last = { seq, hash: recorded.hash };
    first ??= last;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    await write(chunk);
    chunk = '';
  }
  if (chunk !== '') await write(chunk);
  return { tenant, format, values, entries, first, last, verified: false };
}
