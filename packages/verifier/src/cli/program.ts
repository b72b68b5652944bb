import { SealtrailError } from '@sealtrail/format';
import { Command, type CommanderError } from 'commander';
import { refuseEmptyAndRepeated } from './given-once.ts';
import { errorDocument, print } from './output.ts';
import { withoutSecrets } from './without-secrets.ts';

/** A program. What it says of a command line that cannot be run, its commands say in the same way when they are made from it. */
export function newProgram(name: string, version: string): Command {
  const program = new Command(name)
    .version(version)
    .showHelpAfterError('(--help explains all options)')
    .exitOverride();
  return program.configureOutput({
    // Where JSON is asked for it comes as such, from `runProgram`.
    writeErr: (text) => void (asksForJson() || process.stderr.write(withoutSecrets(text))),
  });
}

/** Does what the command line asks for. One that cannot be run ends with 2. */
export async function runProgram(program: Command): Promise<void> {
  refuseEmptyAndRepeated(program);
  try {
    await program.parseAsync();
  } catch (error) {
    if (!isCommanderError(error)) throw error;
    // Help and version were asked for.
    if (error.exitCode === 0) return;
    process.exitCode = 2;
    if (!asksForJson()) return;
    const why = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    await print(`${JSON.stringify(errorDocument(new SealtrailError('config_invalid', why)))}\n`);
  }
}

/** Whether JSON is wanted, as far as that can be told of a command line that is not understood. */
function asksForJson(): boolean {
  const args = process.argv.slice(2);
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).includes('--json');
}

function isCommanderError(error: unknown): error is CommanderError {
  return String(Object(error).code).startsWith('commander.');
}
