import { inspect } from 'node:util';
import { isSealtrailError, type SealtrailError } from '@sealtrail/format';
import { printable, printableLines } from './printable.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Prints to standard output; waits for a slow reader instead of buffering for it. */
export async function print(text: string): Promise<void> {
  if (process.stdout.write(text)) return;
  await new Promise((resume) => process.stdout.once('drain', resume));
}

/** What is printed of an error where JSON is asked for. */
export function errorDocument({ code, message, detail }: SealtrailError): object {
  return { error: { code, message: withoutSecrets(message), detail } };
}

/** Says what went wrong: in one line, as JSON where that is asked for, and with its stack where nobody foresaw it. */
export function tellError(error: unknown, json: boolean | undefined): void {
  if (!isSealtrailError(error)) console.error(inspected(error));
  else if (json) console.log(JSON.stringify(errorDocument(error)));
  else console.error(printable(withoutSecrets(`error ${error.code}: ${error.message}`)));
}

/** The text of a store may be in it. */
function inspected(error: unknown): string {
  return printableLines(withoutSecrets(inspect(error, { colors: false })).split('\n'));
}

/**
 * Keeps the exit code 1 for verdicts: Node ends with it for whatever nobody caught.
 *
 * `sealtrail-verify ... | head` closes the pipe, and a disk may be full: that is no error of ours, but the verdict was not
 * delivered either.
 */
export function endWithTwoOnTrouble(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') console.error(`standard output cannot be written: ${error.message}`);
    process.exit(2);
  });
  // What goes there is not the result: whoever does not read it gets the exit code all the same.
  process.stderr.on('error', () => {});
  process.on('uncaughtException', (error) => {
    console.error(inspected(error));
    process.exit(2);
  });
}
