import { isReference } from '@sealtrail/format';
import { closeAll, Log, openStore } from '@sealtrail/store';
import { printableLines } from '@sealtrail/verifier/cli';
import { type Command, InvalidArgumentError } from 'commander';
import { type ImportSummary, importConversations, READ_VERBS, refuseUnreadable } from '../import/index.ts';
import { count, hostTenant, run } from './run.ts';

interface Flags {
  readonly store: string;
  readonly tenant: string;
  readonly agent: string;
  readonly writes: readonly string[];
  readonly reads: readonly string[];
  readonly json?: boolean;
}

export function addImport(command: Command): Command {
  return command
    .description('Import recorded agent conversations in the OpenAI chat format.')
    .argument('<file>', 'JSON Lines, also in gzip: one {"conversation"?, "messages": [...]} a line')
    .requiredOption('--store <store>', 'SQLite file or mongodb:// URL; made when it is not there')
    .requiredOption('--tenant <name>', 'whose log', hostTenant)
    .option('--agent <id>', 'the id that the recorded agent gets', agentId, 'recorded-agent')
    .option('--writes <tools>', 'tools that change data, separated by commas', names, [])
    .option('--reads <tools>', 'tools that only look, separated by commas', names, [])
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
What becomes of a tool call:
  - one that changes data is a proposal. Its rationale is what the agent said last before it. If the user's last words
    before it say yes or no, they are the decision (read by phrases; the words themselves are sealed beside it); otherwise no
    decision is recorded and the execution says so. Its result is the execution.
  - one that only looks is recorded as executed without approval.
A tool only looks if its name begins with one of
  ${READ_VERBS.join(', ')};
everything else counts as changing data. --writes and --reads overrule that, and the summary tells how each was taken.
What an agent offered in words and never called is not in the recording as a call, and is not imported.

Texts, arguments and results are sealed; an argument <type>_id names a record. Importing a file again adds nothing.

Example:
  $ sealtrail import conversations.jsonl --store audit.db --tenant airline --reads transfer_to_human
`,
    )
    .action((file: string, flags: Flags) =>
      run(flags.json, async () => {
        // Before a store is made for it.
        await refuseUnreadable(file);
        const store = await openStore(flags.store);
        const log = new Log(store);
        try {
          const summary = await importConversations(log, flags.tenant, file, {
            rules: { writes: new Set(flags.writes), reads: new Set(flags.reads) },
            agent: flags.agent,
          });
          console.log(flags.json ? JSON.stringify(summary) : describe(summary));
          return 0;
        } finally {
          await closeAll([() => log.close(), () => store.close()]);
        }
      }),
    );
}

function names(value: string): string[] {
  return value.split(',').map((name) => name.trim());
}

function agentId(value: string): string {
  if (!isReference(value))
    throw new InvalidArgumentError('An id is 1 to 256 bytes without control characters.');
  return value;
}

function describe(s: ImportSummary): string {
  const lines = [
    `${count(s.conversations, 'conversation')}, ${count(s.tool_calls, 'tool call')}: ${s.writes} change data, ${s.reads} only look`,
    `  proposals: ${s.approved} approved, ${s.rejected} rejected, ${s.undecided} without a recorded decision`,
    `  executions: ${s.executed} done, ${s.failed} failed, ${s.without_result} without a recorded result`,
    `  ${count(s.entries, 'entry', 'entries')}, of which ${s.already_there} were there already`,
  ];
  if (s.unreadable_arguments > 0)
    lines.push(`  ${s.unreadable_arguments} calls with arguments that are not JSON`);
  for (const [member, n] of Object.entries(s.ignored_members))
    lines.push(`  not imported: member "${member}", ${n} times`);
  lines.push('  tools:');
  for (const [tool, { taken_as, calls }] of Object.entries(s.tools).sort()) {
    lines.push(`    ${taken_as.padEnd(5)}  ${tool}  ${calls}`);
  }
  return printableLines(lines);
}
