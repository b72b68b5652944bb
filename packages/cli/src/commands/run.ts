import { isName, isReference, isSealtrailError, isWord, type Target } from '@sealtrail/format';
import { InvalidArgumentError } from 'commander';

/** Runs a command's work; an error becomes one line and an exit code: 1 for a broken log, 2 for everything else. */
export async function run(json: boolean | undefined, work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!isSealtrailError(error)) {
      // Node's own exit code for an error would say that the log is broken.
      console.error(isSystemError(error) ? `error: ${error.message}` : error);
      process.exitCode = 2;
      return;
    }
    const { code, message, detail } = error;
    if (json) console.log(JSON.stringify({ error: { code, message, detail } }));
    else console.error(`error ${code}: ${message}`);
    process.exitCode = code === 'segment_broken' || code === 'log_broken' ? 1 : 2;
  }
}

/** A refusal of the operating system, such as a directory that cannot be made: its message says it all. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

export function tenantName(value: string): string {
  if (!isName(value))
    throw new InvalidArgumentError('A tenant is 1 to 128 characters of A-Z a-z 0-9 . _ : ~ -');
  return value;
}

/** A whole number within limits, for commander. */
export function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) {
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    }
    return number;
  };
}

/** A record as `TYPE/ID`, for commander. */
export function recordArgument(value: string): Target {
  const slash = value.indexOf('/');
  const target = { type: value.slice(0, slash), id: value.slice(slash + 1) };
  if (slash === -1 || !isWord(target.type) || !isReference(target.id)) {
    throw new InvalidArgumentError('Give TYPE/ID, such as contact/c-104.');
  }
  return target;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
}
