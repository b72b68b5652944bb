import { RETENTION_FLOORS, type RetentionPreset, SealtrailError } from '@sealtrail/format';
import { type PrunePlan, planPrune, prune, Rules, setRetention } from '@sealtrail/store';
import { printable, printableLines } from '@sealtrail/verifier/cli';
import { type Command, Option } from 'commander';
import { type PersonFlags, personOf, withPerson } from './person.ts';
import { count, run, tenantName, wholeNumber } from './run.ts';
import { withLog } from './with-log.ts';

interface Flags extends PersonFlags {
  readonly tenant: string;
  readonly preset: RetentionPreset;
  readonly days?: number;
  readonly reason?: string;
  readonly json?: boolean;
}

export function addRetention(command: Command): Command {
  command.description('How long a log is kept at least. The rule is an entry of the log.');
  withPerson(
    command
      .command('set')
      .description('Set how long entries are kept.')
      .argument('<store>', 'SQLite file or mongodb:// URL')
      .requiredOption('--tenant <name>', 'whose log', tenantName),
  )
    .addOption(
      new Option('--preset <rule>', 'the rule that asks for it')
        .choices(Object.keys(RETENTION_FLOORS))
        .makeOptionMandatory(),
    )
    .option(
      '--days <n>',
      'days to keep; default what the rule asks for at least, which custom does not say',
      wholeNumber(1, 36_525),
    )
    .option('--reason <text>', 'why; sealed')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
eu_ai_act   ${RETENTION_FLOORS.eu_ai_act} days (6 months)      hipaa   ${RETENTION_FLOORS.hipaa} days (6 years)
sec_17a_4   ${RETENTION_FLOORS.sec_17a_4} days (7 years)      custom  as many as --days says
`,
    )
    .action((location: string, flags: Flags) => run(flags.json, () => set(location, flags)));
  command
    .command('show')
    .description('Show the rule that holds.')
    .argument('<store>', 'SQLite file or mongodb:// URL')
    .requiredOption('--tenant <name>', 'whose log', tenantName)
    .option('--json', 'print the result as JSON')
    .action((location: string, flags: Flags) => run(flags.json, () => show(location, flags)));
  return command;
}

async function set(location: string, flags: Flags): Promise<number> {
  const { tenant, preset, reason, json } = flags;
  const days = daysOf(flags);
  return withLog(location, tenant, async (_, log) => {
    const { seq } = await setRetention(log, tenant, { preset, days }, { by: personOf(flags), reason });
    console.log(
      json ? JSON.stringify({ preset, days, seq }) : `${tenant}: kept ${count(days, 'day')} (${preset})`,
    );
    return 0;
  });
}

function daysOf({ preset, days }: Flags): number {
  if (days !== undefined) return days;
  // Nobody means a rule of no days: a whole log could be pruned tomorrow.
  if (preset === 'custom') throw new SealtrailError('config_invalid', '--preset custom needs --days');
  return RETENTION_FLOORS[preset];
}

async function show(location: string, { tenant, json }: Flags): Promise<number> {
  return withLog(location, tenant, async (store) => {
    const rules = new Rules(store, tenant);
    await rules.advance();
    const { policy, pruned } = rules;
    const kept =
      policy === undefined
        ? 'no rule: nothing is pruned'
        : `kept ${count(policy.days, 'day')} (${policy.preset})`;
    const gone = pruned === undefined ? '' : `; positions 0 to ${pruned.to} were pruned`;
    console.log(
      json
        ? JSON.stringify({ policy: policy ?? null, pruned: pruned ?? null })
        : printable(`${tenant}: ${kept}${gone}`),
    );
    return 0;
  });
}

interface PruneFlags extends PersonFlags {
  readonly tenant: string;
  readonly archive: string;
  readonly values: 'included' | 'withheld';
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addPrune(command: Command): Command {
  return withPerson(
    command
      .description('Move segments that are older than the log’s rule from the store into an archive.')
      .argument('<store>', 'SQLite file or mongodb:// URL')
      .requiredOption('--tenant <name>', 'whose log', tenantName),
  )
    .option('--archive <folder>', 'where the archive goes', 'archive')
    .addOption(
      new Option(
        '--values <what>',
        'whether sealed values go into the archive, where no erasure reaches them',
      )
        .choices(['included', 'withheld'])
        .default('withheld'),
    )
    .option('--dry-run', 'say what would go, and change nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Whole anchored segments go, the oldest first, up to the first entry that is too young or under a hold. Their anchors stay: the
rest is still valid, "sealtrail verify" names what was pruned, and the archive verifies by itself. If it is interrupted, run it
again.
`,
    )
    .action((location: string, flags: PruneFlags) => run(flags.json, () => pruneOnce(location, flags)));
}

async function pruneOnce(location: string, flags: PruneFlags): Promise<number> {
  const { tenant, archive, values, dryRun, json } = flags;
  return withLog(location, tenant, async (store) => {
    if (dryRun) {
      const plan = await planPrune(store, tenant);
      console.log(
        json ? JSON.stringify({ dryRun: true, ...plan }) : printable(describe(plan, 'would prune')),
      );
      return 0;
    }
    const result = await prune(store, tenant, { by: personOf(flags), archive, openings: values });
    const archived = result.file === null ? [] : [`  archive: ${result.file}`, `  sha256: ${result.sha256}`];
    const told = printableLines([describe(result, 'pruned'), ...archived]);
    console.log(json ? JSON.stringify({ dryRun: false, ...result }) : told);
    return 0;
  });
}

function describe({ range, entries, segments, before, heldBy }: PrunePlan, verb: string): string {
  const held = heldBy.length === 0 ? '' : `; then comes what is held by ${heldBy.join(', ')}`;
  if (range === null) return `nothing to prune: no whole segment is older than ${before}${held}`;
  const what = `${count(entries, 'entry', 'entries')} in ${count(segments, 'segment')}, positions ${range.from} to ${range.to}`;
  return `${verb} ${what}, all of them older than ${before}${held}`;
}
