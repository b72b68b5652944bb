import { LEGAL_BASES, type LegalBasis, SealtrailError, type Target } from '@sealtrail/format';
import { type EraseRequest, type EraseResult, erase, planErase } from '@sealtrail/store';
import { printableLines } from '@sealtrail/verifier/cli';
import { type Command, Option } from 'commander';
import { type PersonFlags, personOf, withPerson } from './person.ts';
import { collect, count, run, target, tenantName } from './run.ts';
import { withLog } from './with-log.ts';

interface Flags extends PersonFlags {
  readonly tenant: string;
  readonly subject?: Target;
  readonly record?: Target;
  readonly field: readonly string[];
  readonly basis: LegalBasis;
  readonly note?: string;
  readonly id?: string;
  readonly exceptHeld?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addErase(command: Command): Command {
  return withPerson(
    command
      .description('Destroy sealed values of a person or record; the log stays provable and accounts for it.')
      .argument('<store>', 'SQLite file or mongodb:// URL')
      .requiredOption('--tenant <name>', 'whose log', tenantName),
  )
    .option(
      '--subject <type/id>',
      'everything by or about this person, such as user/u-7 or contact/c-104',
      target,
    )
    .option('--record <type/id>', 'everything about this record', target)
    .option('--field <name>', 'only this sealed field; repeat it for more', collect, [])
    .addOption(
      new Option('--basis <basis>', 'the legal basis, which is recorded')
        .choices([...LEGAL_BASES])
        .makeOptionMandatory(),
    )
    .option('--note <text>', 'why, in free words; sealed')
    .option('--id <name>', 'a name for this erasure, such as that of the request; of A-Z a-z 0-9 . _ : ~ -')
    .option('--except-held', 'leave out what a legal hold protects, instead of refusing')
    .option('--dry-run', 'say what would go, and change nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
What goes: sealed values (reasons, arguments, names, free text) with their salts. What stays: types, times, identifiers, and
every hash; "sealtrail verify" counts what was erased and tells it from what somebody took away. An entry records who erased
what, on which basis. If it is interrupted, run it again.

  $ sealtrail erase audit.db --tenant acme --subject contact/c-104 --basis gdpr_art_17 --by u-3 --dry-run

Copies in backups, exports and archives are not reached.

Exit codes: 0 done, or nothing to do; 2 refused, such as by a hold, or could not run.
`,
    )
    .action((location: string, flags: Flags) => run(flags.json, () => act(location, flags)));
}

async function act(location: string, flags: Flags): Promise<number> {
  const { tenant, basis, note, id, exceptHeld, dryRun, json } = flags;
  const request: EraseRequest = {
    ...scopeOf(flags),
    fields: flags.field.length === 0 ? undefined : flags.field,
    by: personOf(flags),
    basis,
    note,
    erasure: id,
    exceptHeld,
  };
  return withLog(location, tenant, async (store) => {
    const result = await (dryRun ? planErase : erase)(store, tenant, request);
    console.log(
      json ? JSON.stringify({ dryRun: dryRun === true, ...result }) : describe(result, dryRun === true),
    );
    return 0;
  });
}

function scopeOf({ subject, record }: Flags): Pick<EraseRequest, 'about' | 'target'> {
  if (subject !== undefined && record === undefined) return { about: 'subject', target: subject };
  if (record !== undefined && subject === undefined) return { about: 'record', target: record };
  throw new SealtrailError('config_invalid', 'give either --subject or --record');
}

function describe({ entries, values, erased, held }: EraseResult, dryRun: boolean): string {
  const what = `${count(values, 'value')} of ${count(entries, 'entry', 'entries')}`;
  const lines = [dryRun ? `would erase ${what}` : `erased ${what}`];
  for (const { seq, fields } of dryRun ? erased : []) lines.push(`  ${seq}  ${fields.join(', ')}`);
  for (const { seq, fields, holds } of held)
    lines.push(`  ${seq}  ${fields.join(', ')}  held by ${holds.join(', ')}`);
  return printableLines(lines);
}
