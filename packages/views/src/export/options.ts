import type { ExportedValues } from '@sealtrail/events';
import { isName, isPosition, isTime, SealtrailError } from '@sealtrail/format';
import type { LogSource, Progress } from '@sealtrail/verifier';
import { ENTRY_FORMATS, type EntryFormat } from './encodings.ts';

export interface ExportEntriesOptions {
  readonly tenant: string;
  readonly format: EntryFormat;
  /** Whether the sealed values go with the entries; default `withheld`. */
  readonly values?: ExportedValues | undefined;
  /** First and last position, both inclusive; default the whole log as it is stored. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Only entries at or after this time, and before that one; in the form of an entry's `time`. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Refuses options that cannot be meant, before anything is read. @throws SealtrailError `config_invalid` */
export function checkOptions(source: LogSource, options: ExportEntriesOptions): void {
  const { tenant, format, values = 'withheld', from, to, since, until } = options;
  if (!isName(tenant)) throw refused('the tenant is not a name');
  if (!ENTRY_FORMATS.includes(format)) throw refused(`there is no format ${format}`);
  if (values !== 'included' && values !== 'withheld') throw refused('values are included or withheld');
  if (values === 'included' && source.openings === 'withheld') {
    throw refused('this source has no sealed values to include: ask for them to be withheld (--withhold)');
  }
  for (const position of [from, to]) {
    if (position !== undefined && !isPosition(position)) throw refused('a position is a whole number from 0');
  }
  for (const time of [since, until]) {
    if (time !== undefined && !isTime(time)) throw refused('a time is such as 2026-01-31T12:00:00.000Z');
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw refused(`the range ends at ${to}, before it begins at ${from}`);
  }
  if (since !== undefined && until !== undefined && since >= until) {
    throw refused(`no time is at or after ${since} and before ${until}`);
  }
}

function refused(why: string): SealtrailError {
  return new SealtrailError('config_invalid', why);
}
