import { existsSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { styleText } from 'node:util';
import { SealtrailError } from '@sealtrail/format';
import type { TenantReport } from '@sealtrail/verifier';
import { printable } from '@sealtrail/verifier/cli';
import type { Command } from 'commander';
import { type Played, play } from '../demo/play.ts';
import { count, run } from './run.ts';

interface Flags {
  readonly dir?: string;
  readonly json?: boolean;
}

export function addDemo(command: Command): Command {
  return command
    .description(
      'Play a small CRM day into a new store, verify it, change one row behind its back, verify again.',
    )
    .option('--dir <directory>', 'where to put the store; a temporary directory otherwise')
    .option('--json', 'print what happened as JSON')
    .addHelpText(
      'after',
      '\nExit code 0 if the first verdict was "valid" and the second named the changed row, else 1.\n',
    )
    .action((flags: Flags) =>
      run(flags.json, async () => {
        const played = await play(await directoryFor(flags.dir));
        if (flags.json) console.log(JSON.stringify(played));
        else tell(played);
        return played.asExpected ? 0 : 1;
      }),
    );
}

async function directoryFor(wanted: string | undefined): Promise<string> {
  if (wanted === undefined) return mkdtemp(join(tmpdir(), 'sealtrail-demo-'));
  if (existsSync(join(wanted, 'audit.db'))) {
    throw new SealtrailError(
      'source_invalid',
      `${join(wanted, 'audit.db')} is there already; the demo plays into a new store`,
    );
  }
  await mkdir(wanted, { recursive: true });
  return wanted;
}

function tell(played: Played): void {
  const { appended, types, anchoredTo, before, exported, tamperedAt, after } = played;
  heading('A day in a small CRM');
  say('Agents propose; people approve, edit and reject, forty at once in one case; two proposals expire.');
  for (const [type, n] of Object.entries(types)) say(`  ${String(n).padStart(3)}  ${type}`);
  say(`${count(appended, 'entry', 'entries')} appended and chained, anchored up to position ${anchoredTo}.`);

  heading('Is the log as it was written?');
  verdict(before);
  say(
    `Exported to a file and verified alone: ${exported.status}, ${count(exported.walked, 'entry', 'entries')} walked.`,
  );

  heading('Somebody changes one row in the database');
  say(`Position ${tamperedAt}: who approved the refund of 4,800.00 EUR is now another person.`);

  heading('Is the log as it was written?');
  verdict(after);
  for (const { position, code, message } of after.findings)
    say(printable(`  ${position}  ${code}  ${message}`));

  heading('Try it yourself');
  const sealtrail = thisCommand();
  say(`  ${sealtrail} verify ${played.store}`);
  say(`  ${sealtrail} verify ${played.bundle}`);
  say(`  ${sealtrail} --help`);
  if (!played.asExpected) say(styleText('red', '\nThis is not what should have happened.'));
}

/** How this command was called: from a clone of the repository or as an installed package. */
function thisCommand(): string {
  const script = process.argv[1] ?? '';
  return script.endsWith('.js') ? `node ${relative(process.cwd(), script)}` : 'npx sealtrail';
}

function verdict(report: TenantReport): void {
  say(styleText(report.status === 'valid' ? 'green' : 'red', report.summary));
}

function heading(text: string): void {
  say(`\n${styleText('bold', text)}`);
}

function say(text: string): void {
  // styleText writes its codes whatever the output is; a file or a pipe gets plain words.
  const plain = !process.stdout.isTTY || process.env['NO_COLOR'] !== undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are what is removed
  console.log(plain ? text.replace(/\u001b\[\d+m/g, '') : text);
}
