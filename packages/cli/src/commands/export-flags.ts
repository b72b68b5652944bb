import type { ExportedValues } from '@sealtrail/events';
import { isTime, SealtrailError } from '@sealtrail/format';
import type { EntryFormat } from '@sealtrail/views/export';
import { InvalidArgumentError } from 'commander';

/** The options of `sealtrail export` as they were given. */
export interface ExportFlags {
  readonly format: 'bundle' | EntryFormat;
  readonly out?: string;
  readonly tenant: readonly string[];
  readonly withhold?: boolean;
  readonly values?: ExportedValues;
  readonly from?: number;
  readonly to?: number;
  readonly since?: string;
  readonly until?: string;
  readonly json?: boolean;
  readonly progress: boolean;
}

/** The file to write; undefined for standard output. */
export function fileOf({ out }: { readonly out?: string }): string | undefined {
  return out === '-' ? undefined : out;
}

/** Refuses options that do not belong to the format. @throws SealtrailError `config_invalid` */
export function checkFlags(flags: ExportFlags): void {
  if (flags.json && fileOf(flags) === undefined) {
    throw refused('--json prints a summary where the export goes: name a file with --out');
  }
  if (flags.format === 'bundle') {
    const foreign = (['values', 'from', 'to', 'since', 'until'] as const).find(
      (name) => flags[name] !== undefined,
    );
    if (foreign !== undefined) {
      const instead = foreign === 'values' ? '; a bundle has --withhold' : '';
      throw refused(`--${foreign} does not go with --format bundle${instead}`);
    }
    return;
  }
  if (flags.withhold) {
    throw refused(`--withhold is for bundles: --format ${flags.format} withholds without --values included`);
  }
  if (new Set(flags.tenant).size !== 1) {
    throw refused(`--format ${flags.format} writes one log: name its --tenant`);
  }
}

function refused(why: string): SealtrailError {
  return new SealtrailError('config_invalid', why);
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** A date (its first moment, UTC) or an RFC 3339 time, as an entry writes times; for commander. */
export function timeArgument(value: string): string {
  const date = DATE_TIME.exec(value)?.[1];
  // A date that no calendar has would be taken for one in the next month.
  if (date !== undefined && isTime(`${date}T00:00:00.000Z`)) {
    const at = new Date(value);
    const time = Number.isNaN(at.getTime()) ? undefined : at.toISOString();
    if (isTime(time)) return time as string;
  }
  throw new InvalidArgumentError('Give a date or a time with its zone, such as 2026-01-31T12:00:00Z.');
}
